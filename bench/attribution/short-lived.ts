/** 2,000 programs under twenty names, each of which lives for one connection, started one after the other. */
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Setting } from '../rig/benchmark.ts'
import { compileC } from '../rig/compile.ts'
import { startLineProcess } from '../rig/line-process.ts'
import type { Cable } from '../rig/namespaces.ts'

const FETCH = join(import.meta.dirname, 'fetch.c')
const EXCHANGE = join(import.meta.dirname, '../tiers/exchange.c')
/** The n-th name asks port 7000 + n: an answer of the API holds 1000 flows. */
const FIRST_PORT = 7000
const NAMES = Array.from({ length: 20 }, (_, i) => `short-lived-${i}`)
export const PORTS = NAMES.map((_, i) => FIRST_PORT + i)

export interface Connection {
  command: string
  pid: number
  srcPort: number
  dstPort: number
  /** From socket() to close(). */
  lifetimeMs: number
}

/** By what tells connections apart. */
export const keyOf = ({ srcPort, dstPort }: Pick<Connection, 'srcPort' | 'dstPort'>): string =>
  `${srcPort}-${dstPort}`

export interface ShortLived {
  /** Starts the programs at the second end of the cable; resolves with what they say of themselves. */
  run(): Connection[]
}

export const createShortLived = async (
  { a, b }: Cable,
  { folder, undo, quick }: Setting,
): Promise<ShortLived> => {
  const exchange = compileC(EXCHANGE, folder)
  const serve = [exchange, 'serve', String(FIRST_PORT), String(NAMES.length)]
  await startLineProcess(a.inside(...serve), undo).next()
  // Nothing to be linked at the start: curl takes longer for that than for the request.
  const fetch = compileC(FETCH, folder, ['-static'])
  for (const name of NAMES) copyFileSync(fetch, join(folder, name))
  const each = NAMES.map((name, i) => `${folder}/${name} ${a.address} ${FIRST_PORT + i} || exit 1`)
  const script = `for round in $(seq ${quick ? 5 : 100}); do ${each.join('; ')}; done`
  return {
    run: () =>
      b
        .run('sh', '-c', script)
        .trim()
        .split('\n')
        .map((line, i) => {
          const [pid = 0, srcPort = 0, us = 0] = line.split(' ').map(Number)
          const at = i % NAMES.length
          const [command = '', dstPort = 0] = [NAMES[at], PORTS[at]]
          return { command, pid, srcPort, dstPort, lifetimeMs: us / 1000 }
        }),
  }
}
