/** An alert as the API shows it: what a detector has found, and what people have said of it. */
import type { Alert } from '@netscope/detect/alert.ts'

export const ALERT_STATES = ['active', 'ended', 'suppressed', 'false-positive'] as const
export type AlertState = (typeof ALERT_STATES)[number]

/** What people have done about it. */
export const WORKFLOW_STATES = ['open', 'acknowledged', 'resolved'] as const
export type WorkflowState = (typeof WORKFLOW_STATES)[number]

export interface Workflow {
  state: WorkflowState
  /** Empty: nobody. */
  assignee: string
  /** Of the last change; empty where there was none. */
  reason: string
  author: string
  /** Milliseconds since 1970; 0: nobody has changed anything. */
  atMs: number
  /** Of the alert then: what becomes more severe is open again. */
  severity: number
}

export const UNTOUCHED: Workflow = {
  state: 'open',
  assignee: '',
  reason: '',
  author: '',
  atMs: 0,
  severity: 0,
}

/** As people see it: with what holds an alert back. */
export const SHOWN_WORKFLOW_STATES = [...WORKFLOW_STATES, 'silenced', 'false-positive'] as const

/** That people said it is none. */
export interface FalsePositive {
  reason: string
  author: string
  at: string
  /** How many times its threshold the detector has to find between these two from now on. */
  factor: number
  expiresAt: string
}

/** What feeds and providers knew of its two sides when it was last looked at; left out where nothing is known. */
export interface AlertIntel {
  /** From 0 to 100; of both the greater. */
  risk?: number
  srcRisk?: number
  dstRisk?: number
  /** Names of feeds. */
  srcFeeds?: string[]
  dstFeeds?: string[]
}

/** What the server adds to a detection; ids of devices, empty where none is known. */
export interface KeptAlert extends Alert, AlertIntel {
  srcDevice: string
  dstDevice: string
}

export interface AlertRow extends Omit<KeptAlert, 'state'> {
  state: AlertState
  /** Id of the suppression, or of the alert that was marked as a false positive; empty: nothing suppresses it. */
  suppressedBy: string
  falsePositive: FalsePositive | null
  workflow: {
    state: (typeof SHOWN_WORKFLOW_STATES)[number]
    assignee: string
    reason: string
    author: string
    /** ISO 8601; null: nobody has changed anything. */
    at: string | null
  }
  /** Id of the first alert of the story that it belongs to. */
  incident: string
}
