/**
 * Exports, as the server's thread sees them: hands records of ended flows, news of alerts and steps of actions to a thread of
 * their own, never waits for it, and knows how each output is.
 */
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { FlowContext } from '@netscope/core/flow-record.ts'
import { RECORD_BYTES } from '@netscope/core/flow-record.ts'
import type { Logger } from 'pino'
import { alertTest } from '../alerts/alert-query.ts'
import type { AlertRow, KeptAlert } from '../alerts/alert-row.ts'
import type { StoredAlert } from '../alerts/alert-store.ts'
import { createRunMemory } from '../store/run-memory.ts'
import type { RunMemory } from '../store/run-memory.ts'
import type { Action, ActionStep } from '../respond/action.ts'
import type { Actions } from '../respond/actions.ts'
import { actionTest } from './action-query.ts'
import { createAlertMoments } from './alert-moments.ts'
import type { ExportThreadConfig, FromExport, ToExport } from './export-message.ts'
import { EXPORTED, noCounts } from './export-line.ts'
import type { ExportCounts, Exported } from './export-line.ts'
import type { OutputFigures } from './output.ts'
import type { OutputPlan } from './output-spec.ts'
import type { DeclaredOutput } from './outputs-file.ts'

export interface ExportsConfig {
  outputs: readonly DeclaredOutput[]
  queueMegabytes: number
  version: string
  /** As in outgoing.allow. */
  allow: readonly string[]
}

export interface ExportsDeps {
  alerts: {
    watch(listener: (alert: KeptAlert, row: AlertRow) => void): () => void
    rowOf(stored: StoredAlert): AlertRow
  }
  alertStore: { growing(): StoredAlert[] }
  response: { actions: Pick<Actions, 'watch'> }
  /** Milliseconds since 1970. */
  now(): number
  log: Pick<Logger, 'warn' | 'info'>
  /** Instead of ours. */
  threadFile?: string
}

export interface OutputStatus extends OutputFigures {
  plan: OutputPlan
}

export interface Exports {
  /** RECORD_BYTES each, those that have not ended are left out; read during the call only. */
  flows(agent: string, records: Uint8Array, context: FlowContext): void
  outputs(): OutputStatus[]
  /** What is not as it should be, in sentences. */
  problems(): string[]
  /** Before the alerts start. */
  start(): void
  /** Sends what waits, for two seconds at most. */
  stop(): Promise<void>
}

/** On their way to the thread. */
const MAX_BYTES = 16_000_000
const MAX_ALERTS = 5000
const MAX_ACTIONS = 5000
const RESTART_MS = 5000
const STOP_WITHIN_MS = 2000
/** That something was lost is told so long. */
const TELL_LOST_MS = 60_000

const NOTHING: OutputFigures = {
  ...{ sent: noCounts(), lost: noCounts(), waiting: 0, waitingBytes: 0 },
  ...{ error: '', errorAtMs: 0, sentAtMs: 0 },
}

const sum = (a: ExportCounts, b: ExportCounts): ExportCounts => {
  const total = noCounts()
  for (const what of EXPORTED) total[what] = a[what] + b[what]
  return total
}

const lostOf = ({ lost }: Pick<OutputFigures, 'lost'>): number =>
  EXPORTED.reduce((total, what) => total + lost[what], 0)

/** Of a thread that has ended, and of the one that runs. */
const together = (before: OutputFigures, now: OutputFigures): OutputFigures => ({
  ...{ ...now, sent: sum(before.sent, now.sent), lost: sum(before.lost, now.lost) },
})

const countEnded = (records: Uint8Array): number => {
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength)
  let count = 0
  for (let at = 0; at < records.length; at += RECORD_BYTES)
    if (view.getUint32(at + 4, true) !== 0) count++
  return count
}

const isHeldBack = ({ state }: AlertRow): boolean =>
  state === 'suppressed' || state === 'false-positive'

export const createExports = (config: ExportsConfig, deps: ExportsDeps): Exports => {
  const { alerts, now, log } = deps
  const plans = config.outputs.map(({ plan }) => plan)
  const hasFlows = plans.some(({ what }) => what.has('flows'))
  const threadConfig: ExportThreadConfig = {
    outputs: config.outputs.map(({ spec }) => spec),
    queueBytes: config.queueMegabytes * 1_000_000,
    ...{ version: config.version, hostname: hostname(), allow: config.allow },
  }
  const takers = plans.map((plan, output) => {
    const test = plan.alerts && alertTest(plan.alerts, now)
    const holds = (alert: KeptAlert, row: AlertRow) =>
      plan.what.has('alerts') && (plan.heldBack || !isHeldBack(row)) && (test?.(alert) ?? true)
    return { output, holds, moments: createAlertMoments(now()) }
  })
  const actionTakers = plans.flatMap(({ what, actions }, output) => {
    const test = actions && actionTest(actions, now)
    return what.has('actions') ? [{ output, holds: test ?? (() => true) }] : []
  })
  /** Lost on the way to the thread, or with one that broke. */
  const before = plans.map(() => structuredClone(NOTHING))
  const lostAtMs = plans.map(() => 0)
  let figures = plans.map(() => NOTHING)
  let memories = new Map<string, RunMemory>()
  let worker: Worker | undefined
  let bytes = 0
  let waitingAlerts = 0
  let waitingActions = 0
  let isStopping = false
  let restart: NodeJS.Timeout | undefined
  let unwatch: (() => void)[] = []
  let onStopped = (): void => undefined

  const lose = (output: number, what: Exported, count: number): void => {
    const of = before[output]
    if (of) of.lost[what] += count
    lostAtMs[output] = now()
  }

  const setFigures = (next: OutputFigures[]): void => {
    for (const [i, of] of next.entries()) {
      if (lostOf(of) > lostOf(figures[i] ?? NOTHING)) lostAtMs[i] = now()
    }
    figures = next
  }

  const onMessage = (message: FromExport): void => {
    if (message.is === 'taken') {
      bytes -= message.bytes
      waitingAlerts -= message.alerts
      waitingActions -= message.actions
    } else if (message.is === 'changed') {
      const { output, error } = message
      if (error === '') log.info({ output }, 'exported again')
      else log.warn({ output, reason: error }, 'events cannot be exported and wait')
    } else {
      setFigures(message.figures)
      if (message.is === 'stopped') onStopped()
    }
  }

  /** A thread that broke takes with it what waited; the next one begins anew. */
  const onBroken = (err: unknown): void => {
    log.warn({ err }, 'the thread of the exports broke; it is started again')
    for (const [i, of] of figures.entries()) {
      before[i] = together(before[i] ?? NOTHING, of)
      // Which of them were flows, and whose an alert was, is not known any more.
      const what = plans[i]?.what ?? new Set<Exported>()
      lose(i, EXPORTED.find((one) => what.has(one)) ?? 'flows', of.waiting)
      if (what.has('flows')) lose(i, 'flows', bytes / RECORD_BYTES)
      if (what.has('alerts')) lose(i, 'alerts', waitingAlerts)
      if (what.has('actions')) lose(i, 'actions', waitingActions)
    }
    figures = plans.map(() => NOTHING)
    memories = new Map()
    worker = undefined
    bytes = 0
    waitingAlerts = 0
    waitingActions = 0
    onStopped()
    if (!isStopping) restart = setTimeout(launch, RESTART_MS)
  }

  const launch = (): void => {
    const file = deps.threadFile ?? join(import.meta.dirname, 'export-thread.ts')
    const thread = new Worker(file, { workerData: threadConfig })
    worker = thread
    thread.on('message', onMessage)
    thread.on('error', onBroken)
  }

  const post = (message: ToExport, transfer: ArrayBuffer[] = []): boolean => {
    worker?.postMessage(message, transfer)
    return worker !== undefined
  }

  const take = (alert: KeptAlert, row: AlertRow): void => {
    for (const { output, holds, moments } of takers)
      for (const moment of moments.of(alert, holds(alert, row))) {
        const hasRoom = waitingAlerts < MAX_ALERTS
        if (hasRoom && post({ is: 'alert', alert: { output, moment, row } })) waitingAlerts++
        else lose(output, 'alerts', 1)
      }
  }

  const takeStep = (of: Action, step?: ActionStep): void => {
    if (!step) return
    const { steps: _steps, preview: _preview, ...action } = of
    for (const { output, holds } of actionTakers) {
      const event = { action, step }
      if (!holds(event)) continue
      const hasRoom = waitingActions < MAX_ACTIONS
      if (hasRoom && post({ is: 'action', action: { output, event } })) waitingActions++
      else lose(output, 'actions', 1)
    }
  }

  /** The server ended while they were growing; each that goes on is told of as resumed. */
  const endGrowing = (): void => {
    for (const stored of deps.alertStore.growing()) {
      const alert: KeptAlert = { ...stored.alert, state: 'ended' }
      const row = alerts.rowOf(stored)
      const state = row.state === 'active' ? 'ended' : row.state
      for (const { output, holds, moments } of takers) {
        if (!holds(alert, row)) continue
        moments.resume(alert.id)
        post({ is: 'alert', alert: { output, moment: 'ended', row: { ...row, state } } })
        waitingAlerts++
      }
    }
  }

  const outputs = (): OutputStatus[] =>
    plans.map((plan, i) => ({
      ...{ plan, ...together(before[i] ?? NOTHING, figures[i] ?? NOTHING) },
    }))

  return {
    outputs,
    flows(agent, records, context) {
      if (!hasFlows) return
      if (!worker || bytes + records.length > MAX_BYTES) {
        const count = countEnded(records)
        for (const [i, { what }] of plans.entries()) if (what.has('flows')) lose(i, 'flows', count)
        return
      }
      const memory = memories.get(agent) ?? createRunMemory()
      memories.set(agent, memory)
      const names = memory.freshNames(records, context)
      const copy = new Uint8Array(records)
      bytes += copy.length
      const { wallOffsetMs } = context
      post({ is: 'flows', flows: { agent, wallOffsetMs, records: copy, names } }, [copy.buffer])
    },
    problems: () =>
      outputs().flatMap(({ plan, error, waiting, lost }, i) => {
        const hasLost = now() - (lostAtMs[i] ?? 0) < TELL_LOST_MS
        const gone = lostOf({ lost })
        const words = `${waiting} events wait, ${gone} were lost.`
        const reason = error.replace(/\.$/, '')
        if (error !== '')
          return [`The export ${plan.name} to ${plan.target} fails: ${reason}. ${words}`]
        return hasLost
          ? [`The export ${plan.name} to ${plan.target} has lost events: ${words}`]
          : []
      }),
    start() {
      if (plans.length === 0) return
      launch()
      endGrowing()
      unwatch = [alerts.watch(take), deps.response.actions.watch(takeStep)]
    },
    async stop() {
      isStopping = true
      clearTimeout(restart)
      for (const end of unwatch) end()
      const thread = worker
      if (!thread) return
      const lostBefore = outputs().map(lostOf)
      const { promise, resolve } = Promise.withResolvers<void>()
      onStopped = resolve
      post({ is: 'stop' })
      await Promise.race([promise, pause(STOP_WITHIN_MS, undefined, { ref: false })])
      await thread.terminate()
      for (const [i, status] of outputs().entries()) {
        const count = status.waiting + lostOf(status) - (lostBefore[i] ?? 0)
        if (count === 0) continue
        log.warn({ output: status.plan.name, count }, 'events were not exported any more')
      }
    },
  }
}
