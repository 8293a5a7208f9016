/** Says where the page is as soon as it answers. */
import { get } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

const TRY_EVERY_MS = 50
const ANSWER_WITHIN_MS = 1_000

export const pageUrl = (host: string, port: number): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`

/** Resolves to true when `url` answers to /health, to false after `forMs` or when `signal` aborts. */
export const waitForPage = async (
  url: string,
  forMs: number,
  signal: AbortSignal,
): Promise<boolean> => {
  const until = performance.now() + forMs
  while (!signal.aborted && performance.now() < until) {
    if (await answers(`${url}/health`)) return true
    await pause(TRY_EVERY_MS)
  }
  return false
}

const answers = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const request = get(url, { timeout: ANSWER_WITHIN_MS, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode !== undefined && response.statusCode < 500)
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(false))
  })
