/** The server of the benchmark, with its history on the disk: says where it listens, then twice a second what it took. */
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { startServer } from '@netscope/server/fakes/running-server.ts'
import { createDuckdbStore } from '@netscope/server/store/duckdb-store.ts'
import { pino } from 'pino'

const folder = mkdtempSync(join(process.argv[2] ?? '', 'server-'))
const config = {
  folder: join(folder, 'history'),
  memoryMb: 256,
  threads: 2,
  commitRecords: 122_880,
  segmentRows: 4_000_000,
  retainDays: 36_500,
  maxBytes: 2 ** 40,
}
const history = createDuckdbStore(config, { log: pino({ level: 'warn' }, pino.destination(2)) })
const { server, socket } = await startServer({ history })
console.log(JSON.stringify({ socket, url: server.url() }))

setInterval(() => {
  const { user, system } = process.cpuUsage()
  const rssMiB = process.memoryUsage.rss() / 2 ** 20
  console.log(JSON.stringify({ cpuSeconds: (user + system) / 1e6, rssMiB }))
}, 500)
process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)))
