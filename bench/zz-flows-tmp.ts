import { Session } from 'node:inspector/promises'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createFlowTracker } from '@netscope/agent/flows/flow-tracker.ts'
import { IpWindow } from '@netscope/agent/flows/ip-window.ts'
import { Totals } from '@netscope/agent/flows/totals.ts'
import { createCountingProgram } from './rig/counting-program.ts'
import { defaultFlowSettings } from './rig/flow-settings.ts'
import { createManyFlows } from './rig/many-flows.ts'
import { createUndo, temporaryFolder } from './rig/undo.ts'
const [flowsArg = '100000', rounds = '40', bits = '12', mode = 'all'] = process.argv.slice(2)
const flows = Number(flowsArg)
const undo = createUndo()
try {
  const folder = temporaryFolder(undo)
  const counting = createCountingProgram({ flows: flows <= 100_000 ? 131072 : 2097152 }, undo)
  const traffic = createManyFlows(counting.ingress, flows, folder, undo, Number(bits))
  const { slots, capacity } = counting.table
  const totals = new Totals()
  const words = new Uint32Array(slots.buffer, slots.byteOffset, slots.byteLength >> 2)
  const window = new IpWindow({ maxAddresses: 16384 }, words, capacity)
  let n = 0,
    paused = 0
  const tracker = createFlowTracker(defaultFlowSettings(), {
    table: counting.table,
    totals,
    senders: window.senders,
    onActivity: (activity) => window.take(activity),
    onForget: (slot) => window.forget(slot),
    onRecords: (_, c) => {
      n += c
      return true
    },
    onEndedRecords: () => true,
    grace: () => Promise.resolve(),
    pause: () => {
      const a = performance.now()
      return new Promise<void>((r) =>
        setImmediate(() => {
          paused += performance.now() - a
          r()
        }),
      )
    },
  })
  const out: number[] = []
  const session = new Session()
  if (mode === 'p') { session.connect(); await session.post('Profiler.enable'); await session.post('Profiler.setSamplingInterval', { interval: 100 }) }
  for (let s = 1; s <= Number(rounds); s++) {
    traffic.sendEach()
    n = 0
    paused = 0
    const a = performance.now()
    window.advance(s)
    const b = performance.now()
    await tracker.tick(s * 1e9)
    const c = performance.now()
    totals.fold(1, [])
    const ns = ((c - b - paused) * 1e6) / flows
    out.push(ns)
    if (mode === 'v')
      console.log(
        s,
        ns.toFixed(1),
        'records',
        n,
        'advance',
        (b - a).toFixed(2),
        'paused',
        paused.toFixed(2),
      )
  }
  if (mode === 'p') { const { profile } = await session.post('Profiler.stop'); rmSync('/tmp/prof', { recursive: true, force: true }); mkdirSync('/tmp/prof'); writeFileSync('/tmp/prof/a.cpuprofile', JSON.stringify(profile)) }
  const x = out.slice(10).sort((p, q) => p - q)
  console.log(
    'flows',
    flows,
    'min',
    x[0]?.toFixed(1),
    'median',
    x[x.length >> 1]?.toFixed(1),
    'first',
    out
      .slice(0, 8)
      .map((v) => v.toFixed(0))
      .join(' '),
  )
} finally {
  undo.all()
}
