/** Alerts that people and other programs bring: said again within a while, an alert grows instead. */
import { randomUUID } from 'node:crypto'
import { labelOf } from '@netscope/detect/detection.ts'
import type { Detection } from '@netscope/detect/detection.ts'

export interface ExternalAlert {
  title: string
  message: string
  /** 0–100. */
  severity: number
  /** Program or person that found it. */
  source: string
  ip: string
  target: string
  technique: string
  metadata: Readonly<Record<string, string | number | boolean>>
}

export interface ExternalAlerts {
  /** Id of the alert, and whether it is a new one. */
  take(alert: ExternalAlert, author: string): { id: string; isNew: boolean }
}

const AGAIN_WITHIN_MS = 600_000
const MAX_REMEMBERED = 1000
/** Of the detector by whose name they go. */
const VERSION = 1

export const createExternalAlerts = (deps: {
  take(detection: Detection): void
  /** Milliseconds since 1970. */
  now(): number
}): ExternalAlerts => {
  const remembered = new Map<string, Detection>()

  return {
    take({ title, message, severity, source, ip, target, technique, metadata }, author) {
      const suppressionKey = `external ${JSON.stringify([source, title, ip, target])}`
      const nowMs = deps.now()
      const known = remembered.get(suppressionKey)
      const before = known && nowMs - known.lastMs <= AGAIN_WITHIN_MS ? known : undefined
      const most = Math.max(severity, before?.severity ?? 0)
      const detection: Detection = {
        id: before?.id ?? randomUUID().replaceAll('-', '').slice(0, 16),
        detector: 'external',
        version: VERSION,
        ...{ title, severity: most, label: labelOf(most), confidence: 1, technique },
        direction: 'internal',
        agent: '',
        source: ip ? { ip } : {},
        target: target ? { ip: target } : {},
        firstMs: before?.firstMs ?? nowMs,
        lastMs: nowMs,
        count: (before?.count ?? 0) + 1,
        // A thing that was told of, not one that is watched.
        state: 'ended',
        evidence: {
          reason: message || title,
          facts: [
            { name: 'told by', value: author },
            ...(source ? [{ name: 'found by', value: source }] : []),
            ...Object.entries(metadata).map(([name, value]) => ({
              name,
              value: typeof value === 'boolean' ? String(value) : value,
            })),
          ],
          flows: [],
        },
        suppressionKey,
      }
      remembered.delete(suppressionKey)
      remembered.set(suppressionKey, detection)
      if (remembered.size > MAX_REMEMBERED) remembered.delete(remembered.keys().next().value!)
      deps.take(detection)
      return { id: detection.id, isNew: before === undefined }
    },
  }
}
