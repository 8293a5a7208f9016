/** The alerts of the server: takes what the detectors find, judges it by what people said, keeps it, tells who watches. */
import { alertOf } from '@netscope/detect/alert.ts'
import type { Alert } from '@netscope/detect/alert.ts'
import { labelOf } from '@netscope/detect/detection.ts'
import type { Detection } from '@netscope/detect/detection.ts'
import type { Logger } from 'pino'
import { UNTOUCHED } from './alert-row.ts'
import type { AlertIntel, AlertRow, AlertState, KeptAlert, Workflow } from './alert-row.ts'
import type { AlertChanges } from './alert-changes.ts'
import type { AlertStore, StoredAlert } from './alert-store.ts'
import type { FalsePositiveMark } from './false-positives.ts'
import { createIncidents } from './incidents.ts'
import type { Incidents } from './incidents.ts'
import type { Judgement } from './judge.ts'
import { createResumption } from './resumption.ts'
import type { Resumption } from './resumption.ts'
import { shownRow } from './shown-row.ts'

export interface AlertsConfig {
  retainDays: number
  maxAlerts: number
}

export interface AlertsDeps {
  store: AlertStore
  changes: Pick<AlertChanges, 'add'>
  judge(alert: KeptAlert, nowMs: number): Judgement
  markOf(id: string): FalsePositiveMark | undefined
  /** Who has the address now; empty: nobody known. */
  deviceOf(party: { ip: string; mac: string }, agent: string): string
  /** From memory: it is asked of every change. */
  intelOf?(sides: Pick<Alert, 'src' | 'dst' | 'dstName'>): AlertIntel
  /** Milliseconds since 1970. */
  now(): number
  log: Pick<Logger, 'warn'>
}

export interface Alerts {
  readonly counts: {
    /** Alerts that were new, by what became of them first. */
    begun: Record<AlertState, number>
    /** Changes that were not kept: more came, or for longer, than the database takes. */
    lost: number
  }
  /** A detection that is new, has grown or has ended; kept within a second. */
  take(detection: Detection): void
  rowOf(stored: StoredAlert): AlertRow
  /** The alert is kept; see `createWorkflows`. */
  setWorkflow(id: string, workflow: Workflow): void
  /** Judges anew: the one, or all that may still grow. */
  rejudge(id?: string): void
  /** More may be known of its addresses than when it was kept. */
  enrich(id: string): void
  /** Tells of every alert that is new or has changed, until the returned function is called. */
  watch(listener: (alert: KeptAlert, row: AlertRow) => void): () => void
  start(): void
  stop(): void
}

const LOOK_MS = 200
/** In which what is found at the same moment comes. */
const TOGETHER_MS = 10
/** What is new is kept at once, what grows so often. */
const SAVE_MS = 1000
const TRIM_MS = 60_000
const DAY_MS = 86_400_000
/** Alerts that are kept at a time when there are many: some 30 ms, after which others get their turn for as long. */
const SLICE = 200
/** Of changes that wait for the database. */
const MAX_WAITING = 20_000
/** Alerts of before that may be part of a story that goes on. */
const RECENT = 1000
/** Author of what the server does by itself. */
const SERVER = 'netscope'
const MORE_SEVERE = 'it has become more severe'

type Kept = Pick<StoredAlert, 'alert' | 'workflow' | 'incident'>

const isMoreSevere = ({ alert, workflow }: Kept): boolean =>
  workflow.state !== 'open' &&
  alert.severity > workflow.severity &&
  labelOf(alert.severity) !== labelOf(workflow.severity)

export const createAlerts = (config: AlertsConfig, deps: AlertsDeps): Alerts => {
  const { store, now, log } = deps
  const counts = {
    begun: { active: 0, ended: 0, suppressed: 0, 'false-positive': 0 },
    lost: 0,
  }
  const waiting = new Map<string, Alert>()
  const growing = new Map<string, StoredAlert>()
  const listeners = new Set<(alert: KeptAlert, row: AlertRow) => void>()
  let resumption: Resumption = createResumption([])
  let incidents: Incidents = createIncidents([])
  let hasNew = false
  let savedMs = 0
  let isFailing = false
  let timers: NodeJS.Timeout[] = []
  let soon: NodeJS.Timeout | undefined
  let slices: NodeJS.Timeout | undefined
  /** New alerts since old ones were removed last. */
  let sinceTrim = 0

  const judged = (kept: Kept): StoredAlert => ({ ...kept, ...deps.judge(kept.alert, now()) })

  const rowOf = (stored: StoredAlert): AlertRow => shownRow(stored, deps.markOf(stored.alert.id))

  const publish = (stored: StoredAlert): void => {
    if (listeners.size === 0) return
    const row = rowOf(stored)
    for (const listener of listeners) listener(stored.alert, row)
  }

  const save = (changed: readonly StoredAlert[]): void => {
    store.save(changed)
    for (const stored of changed.map(reopen)) {
      if (stored.alert.state === 'ended') growing.delete(stored.alert.id)
      else growing.set(stored.alert.id, stored)
      publish(stored)
    }
  }

  const keep = (alert: Alert): StoredAlert => {
    const srcDevice = deps.deviceOf({ ip: alert.src, mac: alert.srcMac }, alert.agent)
    const dstDevice = deps.deviceOf({ ip: alert.dst, mac: alert.dstMac }, alert.agent)
    const kept = { ...alert, srcDevice, dstDevice, ...deps.intelOf?.(alert) }
    const before = growing.get(alert.id) ?? store.find(alert.id)
    if (!before) return judged({ alert: kept, workflow: UNTOUCHED, incident: incidents.of(kept) })
    const { incident, workflow } = before
    incidents.seen(kept, incident)
    return judged({ alert: kept, workflow, incident })
  }

  /** Whoever acknowledged it has not seen what it is now. */
  const reopen = (stored: StoredAlert): StoredAlert => {
    if (!isMoreSevere(stored)) return stored
    const { alert } = stored
    const said = { reason: MORE_SEVERE, author: SERVER, atMs: now(), severity: alert.severity }
    const workflow: Workflow = { ...stored.workflow, ...said, state: 'open' }
    store.saveWorkflow(alert.id, workflow)
    const change = { atMs: said.atMs, author: SERVER, change: 'reopened', detail: MORE_SEVERE }
    deps.changes.add(alert.id, change)
    return { ...stored, workflow }
  }

  const flush = (most = Infinity): void => {
    if (waiting.size === 0) return
    const taken = [...waiting.values().take(most)]
    const changed = taken.map(keep)
    const fresh = changed.filter(({ alert }) => !growing.has(alert.id))
    try {
      save(changed)
    } catch (err) {
      // Nothing is lost as long as we run and there is room: it waits, and the next time may do better.
      if (!isFailing) log.warn({ err }, 'the alerts cannot be kept')
      isFailing = true
      return
    }
    isFailing = false
    savedMs = now()
    for (const { id } of taken) waiting.delete(id)
    if (waiting.size === 0) hasNew = false
    for (const { state } of fresh) counts.begun[state]++
    sinceTrim += fresh.length
    if (sinceTrim > config.maxAlerts / 2) trim()
  }

  /** Slice by slice: a burst must not take the turns of everybody else. */
  const flushSlices = (): void => {
    if (slices) return
    const startedMs = performance.now()
    flush(SLICE)
    if (waiting.size === 0 || isFailing || timers.length === 0) return
    slices = setTimeout(() => {
      slices = undefined
      flushSlices()
    }, performance.now() - startedMs)
  }

  /** The first of a quiet time does not wait for the next look; what comes close behind it does. */
  const flushSoon = (): void => {
    if (timers.length === 0 || soon || now() - savedMs < LOOK_MS) return
    soon = setTimeout(() => {
      soon = undefined
      flushSlices()
    }, TOGETHER_MS)
  }

  const look = (): void => {
    if (hasNew || now() - savedMs >= SAVE_MS || now() < savedMs) flushSlices()
  }

  const trim = (): void => {
    sinceTrim = 0
    try {
      store.trim(now() - config.retainDays * DAY_MS, config.maxAlerts)
    } catch (err) {
      log.warn({ err }, 'old alerts cannot be removed')
    }
  }

  const rejudgeThese = (before: readonly StoredAlert[]): void => {
    const changed = before.flatMap((stored) => {
      const next = judged(stored)
      const isSame = next.state === stored.state && next.suppressedBy === stored.suppressedBy
      return isSame ? [] : [next]
    })
    save(changed)
  }

  /** The detectors begin anew: what was growing goes on if they find it again. */
  const endAll = (): void => {
    const before = store.growing()
    resumption = createResumption(before.map(({ alert }) => alert))
    store.save(
      before.map(({ alert, state, ...rest }) => ({
        ...rest,
        alert: { ...alert, state: 'ended' },
        state: state === 'active' ? 'ended' : state,
      })),
    )
    const { items } = store.page({ filter: {}, sort: '-lastSeen', limit: RECENT })
    incidents = createIncidents(items.toReversed())
  }

  return {
    counts,
    take(detection) {
      const alert = resumption.resume(alertOf(detection))
      if (!growing.has(alert.id)) {
        hasNew = true
        flushSoon()
      }
      if (!waiting.has(alert.id) && waiting.size >= MAX_WAITING) counts.lost++
      else waiting.set(alert.id, alert)
    },
    rowOf,
    setWorkflow(id, workflow) {
      store.saveWorkflow(id, workflow)
      const stored = store.find(id)
      if (!stored) return
      if (growing.has(id)) growing.set(id, stored)
      publish(stored)
    },
    rejudge(id) {
      flush()
      if (id === undefined) return rejudgeThese([...growing.values()])
      const stored = store.find(id)
      rejudgeThese([...(stored ? [stored] : []), ...store.heldBackBy(id)])
    },
    enrich(id) {
      flush()
      const stored = store.find(id)
      if (!stored) return
      const alert = { ...stored.alert, ...deps.intelOf?.(stored.alert) }
      save([judged({ ...stored, alert })])
    },
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    start() {
      endAll()
      trim()
      timers = [setInterval(look, LOOK_MS), setInterval(trim, TRIM_MS)]
    },
    stop() {
      timers.forEach(clearInterval)
      timers = []
      clearTimeout(soon)
      clearTimeout(slices)
      flush()
    },
  }
}
