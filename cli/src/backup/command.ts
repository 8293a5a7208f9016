/** `netscope backup`: a copy of everything a running server keeps, into one file. */
import { createWriteStream, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Command } from 'commander'
import { cutOff, postJson } from '../client/post.ts'
import { serverUrl, type ServerOptions } from '../client/server-url.ts'
import { addServerOptions } from '../observe/options.ts'
import { writeLines } from '../observe/printer.ts'
import { printableJson } from '../output/printable.ts'
import { addOutputOptions, type OutputOptions } from '../output/rows.ts'
import { formatBytes } from '../output/units.ts'
import { EXIT_CODES } from '../report.ts'

const HELP = `
Accounts, tokens, keys, devices, lists, agents and the history of flows, while the server goes on; in a folder the file gets a
name with its time. It holds the secrets of the server, so nobody else may read it; keep it so. On the server's disk there
must be room for a second copy of its data. An admin may do this. \`netscope restore\` takes it back.

Examples:
  netscope backup /mnt/backups
  netscope backup before-update.tar
  netscope backup - | age -r KEY > netscope.tar.age

${EXIT_CODES}`

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

/** The name that the server gives, if it is one. */
const givenName = (disposition: string | undefined): string =>
  /filename="([A-Za-z0-9][A-Za-z0-9._-]*)"/.exec(disposition ?? '')?.[1] ?? 'netscope-backup.tar'

const readInto = async (url: URL, path: string, bytes: AsyncIterable<unknown>): Promise<void> => {
  const part = `${path}.part`
  try {
    // Never into a file of others: it is made here, for us alone.
    rmSync(part, { force: true })
    await pipeline(bytes, createWriteStream(part, { mode: 0o600, flags: 'wx' }))
    renameSync(part, path)
  } catch (error) {
    rmSync(part, { force: true })
    const { code } = error as NodeJS.ErrnoException
    throw code === 'ECONNRESET' ? cutOff(url, error as Error) : error
  }
}

const run = async (target: string, options: ServerOptions & OutputOptions): Promise<void> => {
  const { stdout } = process
  const isStdout = target === '-'
  if (isStdout && stdout.isTTY)
    throw new Error('a backup is no text: name a file, or | another program')
  const url = new URL('api/v1/backup', await serverUrl(options))
  const answer = await postJson(url, {})
  if (isStdout) return pipeline(answer, stdout)
  const name = givenName(answer.headers['content-disposition'])
  const path = isFolder(target) ? join(target, name) : target
  await readInto(url, path, answer)
  const bytes = statSync(path).size
  const lines = {
    table: `${path}: ${formatBytes(bytes)}`,
    json: printableJson({ file: path, bytes }),
    quiet: path,
  }
  await writeLines(stdout, [lines[options.output]])
}

export const registerBackup = (program: Command): void => {
  const command = program
    .command('backup')
    .description('Copy everything the server keeps into a file')
    .argument('<target>', 'file or folder; - is standard output')
  addOutputOptions(command, 'the path only')
  addServerOptions(command)
  command.addHelpText('after', HELP).action(run)
}
