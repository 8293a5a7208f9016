/** Alerts, wired: their store and history, what people said of them, their packets, their live topic. */
import { join } from 'node:path'
import type { AlertsSection } from '@netscope/core/config/alerts.ts'
import type { Logger } from 'pino'
import type { State } from '../state/open-state.ts'
import { createAlertCaptures } from './alert-captures.ts'
import type { AlertCaptures, AlertCapturesDeps } from './alert-captures.ts'
import { createAlertChanges } from './alert-changes.ts'
import type { AlertChanges } from './alert-changes.ts'
import { createAlertStore } from './alert-store.ts'
import type { AlertStore } from './alert-store.ts'
import { createAlerts } from './alerts.ts'
import type { Alerts, AlertsDeps } from './alerts.ts'
import { createExternalAlerts } from './external-alerts.ts'
import type { ExternalAlerts } from './external-alerts.ts'
import { createFeedbackStore } from './feedback-store.ts'
import { createFeedback } from './feedback.ts'
import type { Feedback } from './feedback.ts'
import { createIncidentStore } from './incident-store.ts'
import type { IncidentStore } from './incident-store.ts'
import { createLiveAlerts } from './live-alerts.ts'
import { createWorkflows } from './workflow.ts'
import type { Workflows } from './workflow.ts'
import type { LiveSource } from '../live/live-source.ts'

export interface AlertPartsDeps
  extends
    Pick<AlertsDeps, 'deviceOf' | 'intelOf' | 'now'>,
    Pick<AlertCapturesDeps, 'agents' | 'captures'> {
  state: State
  log: Logger
}

export interface AlertParts {
  alerts: Alerts
  alertStore: AlertStore
  changes: AlertChanges
  incidentStore: IncidentStore
  workflows: Workflows
  external: ExternalAlerts
  feedback: Feedback
  liveAlerts: LiveSource
  alertCaptures: AlertCaptures
  start(): void
  /** Keeps what is not kept yet. */
  stop(): void
}

/** `storagePath`: folder of the server. */
export const createAlertParts = (
  config: AlertsSection & { storagePath: string },
  { state, agents, captures, deviceOf, intelOf, now, log }: AlertPartsDeps,
): AlertParts => {
  const alertStore = createAlertStore(state)
  const changes = createAlertChanges(state)
  const feedback = createFeedback(config, { store: createFeedbackStore(state), now, log }, (id) =>
    alerts.rejudge(id),
  )
  const { judge, markOf } = feedback
  const alerts = createAlerts(config, {
    ...{ store: alertStore, changes, judge, markOf, deviceOf, now, log },
    ...(intelOf && { intelOf }),
  })
  const { setWorkflow, take } = alerts
  const alertCaptures = createAlertCaptures(
    { ...config, folder: join(config.storagePath, 'alert-captures') },
    { agents, captures, now, log },
  )
  let unwatch = (): void => undefined
  return {
    ...{ alerts, alertStore, changes, feedback, alertCaptures },
    incidentStore: createIncidentStore(state, alertStore),
    workflows: createWorkflows({ store: alertStore, changes, setWorkflow, now }),
    external: createExternalAlerts({ take, now }),
    liveAlerts: createLiveAlerts({ alerts, store: alertStore, now }),
    start() {
      feedback.start()
      alerts.start()
      void alertCaptures.start()
      unwatch = alerts.watch((_alert, row) => alertCaptures.take(row))
    },
    stop() {
      unwatch()
      alerts.stop()
      feedback.stop()
    },
  }
}
