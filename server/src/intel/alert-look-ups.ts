/** Has the providers asked about the public addresses of severe alerts, one after the other, each address once in a while. */
import type { Logger } from 'pino'
import type { AlertRow } from '../alerts/alert-row.ts'
import type { LookUps } from './look-ups.ts'
import { refusalOf } from './refusal.ts'

export interface AlertLookUps {
  /** An alert is new or has changed. */
  take(alert: Pick<AlertRow, 'src' | 'dst' | 'severity' | 'state' | 'id'>): void
}

export interface AlertLookUpsDeps {
  lookUps: Pick<LookUps, 'lookUp'>
  isOurs(ip: string): boolean
  /** Something has become known of an address of this alert. */
  onKnown(id: string): void
  /** Milliseconds since 1970. */
  now(): number
  log: Pick<Logger, 'warn'>
}

const HOUR_MS = 3_600_000
/** More wait for nobody: of a storm of alerts the first count. */
const MAX_WAITING = 256
const MAX_REMEMBERED = 4096

export const createAlertLookUps = (
  { alertSeverity }: { alertSeverity: number },
  { lookUps, isOurs, onKnown, now, log }: AlertLookUpsDeps,
): AlertLookUps => {
  const waiting = new Map<string, string>()
  const askedMs = new Map<string, number>()
  let isRunning = false

  const run = async (): Promise<void> => {
    for (const [ip, id] of waiting) {
      waiting.delete(ip)
      try {
        const { asked } = await lookUps.lookUp(ip, 'decisive')
        if (asked.length > 0) onKnown(id)
      } catch (err) {
        log.warn({ err }, 'an address of an alert cannot be looked up')
      }
    }
  }

  const begin = (): void => {
    if (isRunning) return
    isRunning = true
    void run().finally(() => {
      isRunning = false
      if (waiting.size > 0) begin()
    })
  }

  return {
    take({ src, dst, severity, state, id }) {
      if (severity < alertSeverity || state !== 'active') return
      for (const ip of [src, dst]) {
        if (ip === '' || waiting.size >= MAX_WAITING) continue
        if (now() - (askedMs.get(ip) ?? Number.NEGATIVE_INFINITY) < HOUR_MS) continue
        if (refusalOf(ip, isOurs) !== undefined) continue
        askedMs.set(ip, now())
        if (askedMs.size > MAX_REMEMBERED) askedMs.delete(askedMs.keys().next().value as string)
        waiting.set(ip, id)
      }
      if (waiting.size > 0) begin()
    },
  }
}
