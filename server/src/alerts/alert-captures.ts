/**
 * Packets of the source of an alert, kept as pcapng: those that pass in the seconds after it was found, and the last ones
 * before where the agent keeps a capture ring. Bounded in number, bytes and age; what does not fit is not captured, and
 * said.
 */
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { AlertsSection } from '@netscope/core/config/alerts.ts'
import type { Logger } from 'pino'
import type { Agents } from '../agents.ts'
import type { Captures } from '../captures/captures.ts'
import { describeCapture, type CaptureSummary } from '../captures/describe-capture.ts'
import type { AlertRow } from './alert-row.ts'

export type AlertCapturesConfig = Pick<
  AlertsSection,
  'captureSeverity' | 'captureSeconds' | 'captureMegabytes' | 'captureDays'
> & { folder: string }

export interface AlertCapturesDeps {
  agents: Pick<Agents, 'connected'>
  captures: Pick<Captures, 'open'>
  /** Milliseconds since 1970. */
  now(): number
  log: Pick<Logger, 'warn' | 'debug'>
}

export interface AlertCaptures {
  readonly counts: { taken: number; skipped: number; failed: number }
  /** An alert is new or has changed: the first time its packets are asked for. */
  take(row: Pick<AlertRow, 'id' | 'state' | 'severity' | 'agent' | 'src' | 'dst'>): void
  /** Path of the file; undefined: there is none, or not yet. */
  find(id: string): string | undefined
  /** What is in it. */
  describe(id: string): Promise<CaptureSummary | undefined>
  /** Resolves when nothing is under way. */
  settled(): Promise<void>
  start(): Promise<void>
}

interface Wanted {
  id: string
  agentName: string
  ip: string
}

/** At one time, so that a burst of alerts is no burst of captures. */
const MOST_AT_ONCE = 4
/** More wait at the server where the agent's capture ring holds their packets meanwhile. */
const MOST_WAITING = 32
const MOST_FILES = 500
/** Of one capture; the packets without most of what they carry. */
const FILE_BYTES = 1 << 20
/** Of that, for packets from before the alert. */
const BEFORE_BYTES = FILE_BYTES / 2
const SNAP_LENGTH = 512
/** Alerts of which it is known that they were taken up. */
const MAX_SEEN = 5000
const DAY_MS = 86_400_000
const SUFFIX = '.pcapng'
/** Ids become names of files. */
const ID = /^[\w-]{1,64}$/

export const createAlertCaptures = (
  config: AlertCapturesConfig,
  { agents, captures, now, log }: AlertCapturesDeps,
): AlertCaptures => {
  const { folder, captureSeconds: seconds } = config
  const counts = { taken: 0, skipped: 0, failed: 0 }
  const seen = new Set<string>()
  const kept = new Set<string>()
  const running = new Set<Promise<void>>()
  const waiting: Wanted[] = []
  /** Of what somebody has looked at. */
  const described = new Map<string, CaptureSummary>()
  /** One after the other: each looks at all files. */
  let trimming: Promise<void> = Promise.resolve()
  const pathOf = (id: string): string => join(folder, `${id}${SUFFIX}`)

  /** Removes what is too old, and of the rest the oldest beyond the bounds. */
  const trim = async (): Promise<void> => {
    const files = []
    for (const name of await readdir(folder).catch(() => [] as string[])) {
      if (!name.endsWith(SUFFIX)) continue
      const { mtimeMs, size } = await stat(join(folder, name))
      files.push({ name, mtimeMs, size })
    }
    files.sort((a, b) => b.mtimeMs - a.mtimeMs)
    let bytes = 0
    kept.clear()
    described.clear()
    for (const [i, { name, mtimeMs, size }] of files.entries()) {
      bytes += size
      const isIn = i < MOST_FILES && bytes <= config.captureMegabytes << 20
      const isYoung = now() - mtimeMs <= config.captureDays * DAY_MS
      if (isIn && isYoung) kept.add(name.slice(0, -SUFFIX.length))
      else await rm(join(folder, name), { force: true })
    }
  }

  const agentOf = ({ agentName }: Wanted) => agents.connected.find(({ name }) => name === agentName)

  const capture = async (wanted: Wanted): Promise<void> => {
    const { id, ip } = wanted
    const agent = agentOf(wanted)
    if (!agent) {
      counts.skipped++
      return
    }
    const temporary = join(folder, `${id}.part`)
    try {
      const bounds = { maxBytes: FILE_BYTES, beforeBytes: BEFORE_BYTES, snapLength: SNAP_LENGTH }
      const { file } = await captures.open(agent, { ip }, { seconds, ...bounds })
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await pipeline(file, createWriteStream(temporary, { mode: 0o600 }))
      await rename(temporary, pathOf(id))
      kept.add(id)
      counts.taken++
    } catch (err) {
      counts.failed++
      log.debug({ err, alert: id }, 'the packets of an alert cannot be captured')
      await rm(temporary, { force: true })
    }
  }

  const begin = (wanted: Wanted): void => {
    const work = capture(wanted).finally(() => {
      running.delete(work)
      const next = waiting.shift()
      if (next) begin(next)
      trimming = trimming.then(trim).catch((err: unknown) => {
        log.warn({ err, folder }, 'old captures of alerts cannot be removed')
      })
    })
    running.add(work)
  }

  return {
    counts,
    take({ id, state, severity, agent, src, dst }) {
      const ip = src || dst
      if (state !== 'active' || severity < config.captureSeverity || ip === '') return
      if (seen.has(id) || kept.has(id) || !ID.test(id)) return
      seen.add(id)
      if (seen.size > MAX_SEEN) seen.delete(seen.values().next().value!)
      const wanted = { id, agentName: agent, ip }
      if (running.size < MOST_AT_ONCE) begin(wanted)
      else if (agentOf(wanted)?.status?.captureRing && waiting.length < MOST_WAITING)
        waiting.push(wanted)
      else counts.skipped++
    },
    find: (id) => (kept.has(id) ? pathOf(id) : undefined),
    async describe(id) {
      const known = described.get(id)
      if (known || !kept.has(id)) return known
      // It may be removed meanwhile.
      const file = await readFile(pathOf(id)).catch(() => undefined)
      if (!file) return undefined
      const summary = describeCapture(file)
      described.set(id, summary)
      return summary
    },
    async settled() {
      while (running.size > 0) await Promise.all(running)
      await trimming
    },
    async start() {
      try {
        for (const name of await readdir(folder).catch(() => [] as string[]))
          if (!name.endsWith(SUFFIX)) await rm(join(folder, name), { force: true })
        await trim()
      } catch (err) {
        log.warn({ err, folder }, 'the captures of alerts cannot be read')
      }
    },
  }
}
