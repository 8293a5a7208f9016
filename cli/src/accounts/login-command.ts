/** `netscope login` and `logout`: a session that later commands use. */
import type { Command } from 'commander'
import { NetscopeError } from '@netscope/core/errors.ts'
import { apiAt } from '../client/api.ts'
import { isTokens, loginOf } from '../client/credentials.ts'
import { findLogin, loginPath, removeLogin, saveLogin } from '../client/login-file.ts'
import { serverUrl, type ServerOptions } from '../client/server-url.ts'
import { addServerOptions } from '../observe/options.ts'
import { writeLines } from '../observe/printer.ts'
import { printable } from '../output/printable.ts'
import { EXIT_CODES } from '../report.ts'
import { readPassword } from './read-password.ts'

const HELP = `
The password is asked for, or read from standard input. What is kept lies in ${loginPath()}, for nobody else
to read; commands ask the server of the last login unless --server or NETSCOPE_URL says otherwise. NETSCOPE_TOKEN is
used instead of a login. On the machine of the server itself root needs none.

Examples:
  netscope login admin --server https://netscope.example.org
  netscope login backup --server 192.0.2.5 < password-file
  netscope logout

${EXIT_CODES}`

const login = async (name: string, options: ServerOptions): Promise<void> => {
  const base = await serverUrl(options)
  const password = await readPassword(`Password of ${printable(name)} at ${base.origin}: `)
  const tokens = await apiAt(base).call('login', { body: { username: name, password } })
  if (!isTokens(tokens)) {
    const reason = 'that is no answer to a login.'
    throw new NetscopeError('client.refused', { url: base.origin, status: 200, reason })
  }
  saveLogin(loginOf(base, name, tokens, Date.now()))
  await writeLines(process.stdout, [`Signed in at ${base.origin} as ${printable(name)}.`])
}

const logout = async (options: ServerOptions): Promise<void> => {
  const base = await serverUrl(options)
  const found = findLogin(base)
  if (!found) {
    await writeLines(process.stdout, [`There is no login at ${base.origin}.`])
    return
  }
  // The login is forgotten here even if the server can't be told.
  removeLogin(found.url)
  await apiAt(base).call('logout', { body: { refresh_token: found.refreshToken } })
  await writeLines(process.stdout, [`Signed out at ${base.origin}.`])
}

export const registerLogin = (program: Command): void => {
  const signIn = program.command('login <name>').description('Sign in to a server')
  addServerOptions(signIn)
  signIn.addHelpText('after', HELP).action(login)
  const signOut = program.command('logout').description('Sign out, and forget the login')
  addServerOptions(signOut)
  signOut.action(logout)
}
