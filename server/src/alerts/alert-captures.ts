/**
 * Packets of the source of an alert, kept as pcapng: those that pass in the seconds after it was found, for nothing is
 * recorded before. Bounded in number, bytes and age; what does not fit is not captured, and said.
 */
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { AlertsSection } from '@netscope/core/config/alerts.ts'
import type { Logger } from 'pino'
import type { Agents } from '../agents.ts'
import type { Captures } from '../captures/captures.ts'
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
  /** Resolves when nothing is under way. */
  settled(): Promise<void>
  start(): Promise<void>
}

/** At one time, so that a burst of alerts is no burst of captures. */
const MOST_AT_ONCE = 4
const MOST_FILES = 500
/** Of one capture; the packets without most of what they carry. */
const FILE_BYTES = 1 << 20
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
    for (const [i, { name, mtimeMs, size }] of files.entries()) {
      bytes += size
      const isIn = i < MOST_FILES && bytes <= config.captureMegabytes << 20
      const isYoung = now() - mtimeMs <= config.captureDays * DAY_MS
      if (isIn && isYoung) kept.add(name.slice(0, -SUFFIX.length))
      else await rm(join(folder, name), { force: true })
    }
  }

  const capture = async (id: string, agentName: string, ip: string): Promise<void> => {
    const agent = agents.connected.find(({ name }) => name === agentName)
    if (!agent) {
      counts.skipped++
      return
    }
    const temporary = join(folder, `${id}.part`)
    try {
      const limits = { seconds, maxBytes: FILE_BYTES, snapLength: SNAP_LENGTH }
      const { file } = await captures.open(agent, { ip }, limits)
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

  return {
    counts,
    take({ id, state, severity, agent, src, dst }) {
      const ip = src || dst
      if (state !== 'active' || severity < config.captureSeverity || ip === '') return
      if (seen.has(id) || kept.has(id) || !ID.test(id)) return
      seen.add(id)
      if (seen.size > MAX_SEEN) seen.delete(seen.values().next().value!)
      if (running.size >= MOST_AT_ONCE) {
        counts.skipped++
        return
      }
      const work = capture(id, agent, ip).finally(() => {
        running.delete(work)
        trimming = trimming.then(trim).catch((err: unknown) => {
          log.warn({ err, folder }, 'old captures of alerts cannot be removed')
        })
      })
      running.add(work)
    },
    find: (id) => (kept.has(id) ? pathOf(id) : undefined),
    async settled() {
      await Promise.all(running)
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
