/** Where the server is: --server, NETSCOPE_URL, the last login, or what the configuration of this machine says. */
import { loadConfig } from '@netscope/core/config/load-config.ts'
import { NetscopeError } from '@netscope/core/errors.ts'
import { systemInputs } from '../config/inputs.ts'
import { pageUrl } from '../up/page.ts'
import { currentLogin } from './login-file.ts'

const DEFAULT_PORT = 8086

/** `HOST`, `HOST:PORT` or a URL as the base of all requests; throws `client.unreachable`. */
const baseOf = (given: string): URL => {
  const text = /^https?:\/\//i.test(given) ? given : `http://${given}`
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url) throw new NetscopeError('client.unreachable', { url: given, reason: 'that is no URL.' })
  const isBare = !/^https?:\/\//i.test(given) && url.port === '' && !/:80\b/.test(given)
  if (isBare) url.port = String(DEFAULT_PORT)
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  return url
}

export interface ServerOptions {
  server?: string
  /** Of --config. */
  config?: string
}

/** The base URL of the API, with a slash at its end. */
export const serverUrl = async ({ server, config: file }: ServerOptions): Promise<URL> => {
  const named = server ?? (process.env['NETSCOPE_URL'] || process.env['NETSCOPE_SERVER'])
  if (named) return baseOf(named)
  const login = file === undefined ? currentLogin() : undefined
  if (login) return baseOf(login.url)
  const inputs = { process: 'server', ...systemInputs() } as const
  const { config } = await loadConfig(file === undefined ? inputs : { ...inputs, file })
  const { host, port, tlsCertFile } = config.server
  return baseOf(pageUrl(host, port, tlsCertFile !== ''))
}
