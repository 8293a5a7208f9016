/** What exporting costs: records to events in a file, beside JSON.stringify of the same events; and what the server's thread pays. */
import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { FlowContext } from '@netscope/core/flow-record.ts'
import { FlowReader, RECORD_BYTES } from '@netscope/core/flow-record.ts'
import { decodeFlow } from '@netscope/core/flow.ts'
import { createExporter } from '@netscope/server/export/exporter.ts'
import { createExports } from '@netscope/server/export/exports.ts'
import { EXPORT_FORMATS } from '@netscope/server/export/formats.ts'
import { planOf } from '@netscope/server/export/output-spec.ts'
import type { OutputSpec } from '@netscope/server/export/output-spec.ts'
import { flowRecord } from '@netscope/server/fakes/flow-record.ts'
import { createOutgoing } from '@netscope/server/outgoing/outgoing.ts'
import { createRunMemory } from '@netscope/server/store/run-memory.ts'
import type { Benchmark, Setting } from '../rig/benchmark.ts'
import { interleave, median, pairedRatio } from '../rig/statistics.ts'
import { atMost, figure, type Row, type Table } from '../rig/table.ts'

const BATCH = 500
const PROCESS = {
  ...{ pid: 4711, command: 'curl', uid: 1000, user: 'ann', unit: 'session-3.scope' },
  commandLine: 'curl https://www.example.org/',
}

const context = (): FlowContext => ({
  ...{ agent: 'host-a', wallOffsetMs: 1_768_435_200_000, interfaceName: () => 'eth0' },
  text: (id) => `host-${id}.example.org`,
  process: () => PROCESS,
})

/** Ended connections, half of them with names and a process. */
const makeBatches = (count: number): Buffer[] =>
  Array.from({ length: count / BATCH }, (_, n) =>
    Buffer.concat(
      Array.from({ length: BATCH }, (_unused, i) => {
        const known = i % 2 === 0 ? { srcProcess: 1, dstName: 1 + (i % 50), sni: 1 + (i % 50) } : {}
        const src = `10.${n % 256}.${i % 256}.7`
        return flowRecord({ slot: i, end: 2, src, srcPort: 1024 + i, synAck: 1, ...known })
      }),
    ),
  )

const specOf = (format: string, path: string): OutputSpec => ({
  ...{ name: format, what: ['flows'], format, to: { file: { path, everyHours: 0, keep: 0 } } },
})

const quietly = { outgoing: createOutgoing({ allow: [] }), now: Date.now, random: Math.random }

/** ns per record until all of them are in the file. */
const toFile = async (spec: OutputSpec, batches: readonly Buffer[]): Promise<number> => {
  const exporter = createExporter(
    [planOf(spec)],
    { queueBytes: 1e9, version: '0', hostname: 'a' },
    { ...quietly, onChange: (_, error) => console.error(error) },
  )
  const memory = createRunMemory()
  const of = context()
  const start = performance.now()
  for (const records of batches) {
    const names = memory.freshNames(records, of)
    exporter.flows({ agent: 'host-a', wallOffsetMs: of.wallOffsetMs, records, names })
    // As in its thread, where messages come one after the other.
    await new Promise(setImmediate)
  }
  await exporter.stop()
  const ms = performance.now() - start
  const [figures] = exporter.figures()
  if (figures?.sent.flows !== batches.length * BATCH) throw new Error('not all were written')
  return (ms * 1e6) / (batches.length * BATCH)
}

/** The events themselves, for the baseline. */
const eventsOf = (
  format: (typeof EXPORT_FORMATS)[number],
  batches: readonly Buffer[],
): object[] => {
  const made = format.create('0')
  return batches.flatMap((records) => {
    const reader = new FlowReader(records, context())
    return Array.from({ length: BATCH }, (_, i) =>
      made.flow({ ...decodeFlow(reader.seek(i * RECORD_BYTES)), agent: 'host-a' }),
    )
  })
}

const stringify = (events: readonly object[]): number => {
  const start = performance.now()
  let length = 0
  for (const event of events) length += JSON.stringify(event).length
  if (length === 0) throw new Error('nothing was made')
  return ((performance.now() - start) * 1e6) / events.length
}

const fileTable = async ({ quick, folder, say }: Setting): Promise<Table> => {
  const batches = makeBatches(quick ? 5000 : 50_000)
  const rows: Row[] = []
  for (const format of EXPORT_FORMATS) {
    say(`export: ${format.name}`)
    const path = join(folder, `${format.name}.json`)
    const events = eventsOf(format, batches)
    let bytes = 0
    const samples = await interleave(quick ? 2 : 9, {
      ours: async () => {
        const ns = await toFile(specOf(format.name, path), batches)
        bytes = statSync(path).size / (batches.length * BATCH)
        rmSync(path)
        return ns
      },
      baseline: async () => stringify(events),
    })
    const ns = median(samples.ours)
    rows.push({
      name: format.name,
      cells: [
        ...[figure(1e9 / ns), figure(ns / 1000), figure(median(samples.baseline) / 1000)],
        ...[`${figure(pairedRatio(samples.ours, samples.baseline))} ×`, figure(bytes)],
      ],
    })
  }
  return {
    title: 'From flow records to events in a file, in one thread',
    columns: ['records/s', 'µs each', 'JSON.stringify alone, µs', 'ratio', 'bytes each'],
    rows,
  }
}

/** ns per record that a caller is held. */
const held = async (outputs: OutputSpec[], batches: readonly Buffer[]): Promise<number> => {
  const log = { warn: console.error, info: () => undefined }
  const exports = createExports(
    {
      outputs: outputs.map((spec) => ({ spec, plan: planOf(spec) })),
      ...{ queueMegabytes: 1000, version: '0', allow: [] },
    },
    {
      alerts: { watch: () => () => undefined, rowOf: () => Promise.reject(new Error()) as never },
      ...{ alertStore: { growing: () => [] }, now: Date.now, log },
      response: { actions: { watch: () => () => undefined } },
    },
  )
  exports.start()
  const of = context()
  let ms = 0
  for (const records of batches) {
    const start = performance.now()
    exports.flows('host-a', records, of)
    ms += performance.now() - start
    // So that nothing is lost for want of room on the way, which would be cheaper.
    await pause(outputs.length > 0 ? 40 : 0)
  }
  const lost = exports.outputs().some((output) => output.lost.flows > 0)
  await exports.stop()
  if (lost) throw new Error('some were lost')
  return (ms * 1e6) / (batches.length * BATCH)
}

const threadTable = async ({ quick, folder, say }: Setting): Promise<Table> => {
  say('export: what the server’s thread pays')
  const batches = makeBatches(quick ? 2000 : 20_000)
  const path = join(folder, 'held.json')
  const samples = await interleave(quick ? 2 : 5, {
    off: () => held([], batches),
    on: () => held([specOf('ecs', path)], batches),
  })
  rmSync(path, { force: true })
  const row = (name: string, values: readonly number[], limit: number): Row => ({
    ...{ name, cells: [figure(median(values)), figure(Math.min(...values))] },
    goal: atMost(median(values), limit, ' ns'),
  })
  return {
    title: 'What the thread that takes records in pays for each, ns',
    columns: ['median', 'least'],
    rows: [row('no outputs', samples.off, 10), row('an output', samples.on, 2000)],
  }
}

export const exportBenchmark: Benchmark = {
  name: 'export',
  description:
    'records per second to a file in each format, beside JSON.stringify of the same events',
  run: async (setting) => [await fileTable(setting), await threadTable(setting)],
}
