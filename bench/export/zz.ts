import { createExporter } from '@netscope/server/export/exporter.ts'
import { planOf } from '@netscope/server/export/output-spec.ts'
import { flowRecord } from '@netscope/server/fakes/flow-record.ts'
import { createOutgoing } from '@netscope/server/outgoing/outgoing.ts'
import { createRunMemory } from '@netscope/server/store/run-memory.ts'
const PROCESS = { pid: 4711, command: 'curl', uid: 1000, user: 'ann', unit: 'session-3.scope', commandLine: 'curl https://www.example.org/' }
const of = { agent: 'host-a', wallOffsetMs: 1_768_435_200_000, interfaceName: () => 'eth0', text: (id: number) => `host-${id}.example.org`, process: () => PROCESS }
const records = Buffer.concat(Array.from({ length: 500 }, (_, i) => flowRecord({ slot: i, end: 2, srcPort: 1024 + i, synAck: 1, ...(i % 2 ? { srcProcess: 1, dstName: 1 + i % 50, sni: 1 + i % 50 } : {}) })))
for (const format of process.argv.slice(2)) {
  const e = createExporter([planOf({ name: format, what: ['flows'], format, to: { file: { path: `/tmp/exp/z-${format}.json`, everyHours: 0, keep: 0 } } })], { queueBytes: 1e9, version: '0', hostname: 'a' }, { outgoing: createOutgoing({ allow: [] }), now: Date.now, random: Math.random, onChange: console.error })
  const m = createRunMemory()
  const t = performance.now()
  for (let i = 0; i < 100; i++) { e.flows({ agent: 'host-a', wallOffsetMs: 1, records, names: m.freshNames(records, of) }); await new Promise(setImmediate) }
  await e.stop()
  console.log(format, ((performance.now() - t) / 50).toFixed(1), 'µs each')
}
