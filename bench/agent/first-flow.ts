/** Answers the line `watch` when the API of this namespace's server shows a flow. Argument: its run directory. */
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { readLocalToken } from '@netscope/cli/client/local-token.ts'

const URL = 'http://127.0.0.1:8086/api/v1/flows?limit=1'
const LIMIT_MS = 30_000

const isShown = async (): Promise<boolean> => {
  try {
    const token = readLocalToken(process.argv[2] ?? '')?.token
    const response = await fetch(URL, { headers: { authorization: `Bearer ${token}` } })
    return response.ok && ((await response.json()) as { total: number }).total > 0
  } catch {
    return false // not up yet
  }
}

console.log('ready')
await once(createInterface({ input: process.stdin }), 'line')
const until = performance.now() + LIMIT_MS
while (!(await isShown())) {
  if (performance.now() > until) process.exit(1)
  await new Promise((resolve) => setTimeout(resolve, 10))
}
console.log('shown')
process.exit(0)
