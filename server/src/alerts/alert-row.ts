/** An alert as the API shows it: what a detector has found, and what people have said of it. */
import type { Alert } from '@netscope/detect/alert.ts'

export const ALERT_STATES = ['active', 'ended', 'suppressed', 'false-positive'] as const
export type AlertState = (typeof ALERT_STATES)[number]

/** That people said it is none. */
export interface FalsePositive {
  reason: string
  author: string
  at: string
  /** How many times its threshold the detector has to find between these two from now on. */
  factor: number
  expiresAt: string
}

/** What the server adds to a detection; ids of devices, empty where none is known. */
export interface KeptAlert extends Alert {
  srcDevice: string
  dstDevice: string
}

export interface AlertRow extends Omit<KeptAlert, 'state'> {
  state: AlertState
  /** Id of the suppression, or of the alert that was marked as a false positive; empty: nothing suppresses it. */
  suppressedBy: string
  falsePositive: FalsePositive | null
}
