/** A step of an action as Network Remediation Activity of OCSF; activities are tactics of MITRE D3FEND. */
import type { SeverityLabel } from '@netscope/detect/detection.ts'
import type { ActionEvent } from '../export-format.ts'
import { stepLabel } from '../step-label.ts'
import { actionExtras, isPrefix, personOf, stepId } from './known-parts.ts'
import { classOf, hostOf, ipVersion, metadataOf, SEVERITIES } from './ocsf-parts.ts'
import type { Activity } from './ocsf-parts.ts'

const NETWORK_REMEDIATION = {
  ...{ category_uid: 7, category_name: 'Remediation', class_uid: 7004 },
  class_name: 'Network Remediation Activity',
}

const isLifted = ({ step: { state } }: ActionEvent): boolean =>
  state === 'expired' || state === 'undone'
const isJudging = ({ step: { state } }: ActionEvent): boolean =>
  state === 'in-force' || state === 'verified'

/** What the step is of; a file of packets or a message alone is none of the tactics. */
const activityOf = (event: ActionEvent): Activity => {
  const { block, rateLimit, terminate } = event.action.do
  if (isLifted(event)) return { id: 3, name: 'Restore' }
  if (block !== 'no' || rateLimit) return { id: 1, name: 'Isolate' }
  return terminate ? { id: 2, name: 'Evict' } : { id: 99, name: 'Observe' }
}

const TECHNIQUES: Readonly<Record<string, { uid: string; name: string }>> = {
  Isolate: { uid: 'D3-NTF', name: 'Network Traffic Filtering' },
  Restore: { uid: 'D3-RNA', name: 'Restore Network Access' },
}

const countermeasuresOf = ({ id, name }: Activity) =>
  id === 99 ? undefined : [{ d3f_tactic: { name }, d3f_technique: TECHNIQUES[name] }]

const statusOf = (event: ActionEvent) => {
  const { state } = event.step
  if (state === 'failed' || state === 'refused') return { status_id: 2, status: 'Failure' }
  if (isJudging(event) || isLifted(event)) return { status_id: 1, status: 'Success' }
  return { status_id: 99, status: state }
}

const verdict = (action: [number, string], disposition: [number, string]) => ({
  ...{ action_id: action[0], action: action[1] },
  ...{ disposition_id: disposition[0], disposition: disposition[1] },
})

/** Of profile `security_control`: what becomes of the packets of the target. */
const controlOf = (event: ActionEvent) => {
  const { block, rateLimit } = event.action.do
  if (event.step.state === 'failed') return verdict([0, 'Unknown'], [27, 'Error'])
  if (isJudging(event) && block !== 'no') return verdict([2, 'Denied'], [2, 'Blocked'])
  if (isJudging(event) && rateLimit) return verdict([1, 'Allowed'], [99, 'Rate limited'])
  return verdict([1, 'Allowed'], isLifted(event) ? [1, 'Allowed'] : [16, 'No Action'])
}

const actorOf = (event: ActionEvent) => {
  const person = personOf(event)
  return person === undefined
    ? { app_name: event.step.by || 'NetScope' }
    : { user: { name: person } }
}

export const ocsfAction = (event: ActionEvent, version: string): object => {
  const { action, step } = event
  const { target, policy } = action
  const label: SeverityLabel = stepLabel(step)
  const [severity_id, severity] = SEVERITIES[label]
  const activity = activityOf(event)
  return {
    ...classOf(NETWORK_REMEDIATION, activity),
    ...{ severity_id, severity, ...statusOf(event), status_code: step.state },
    ...{ status_detail: step.reason, message: `${target}: ${step.state}, ${step.reason}` },
    ...{ time: step.atMs, start_time: action.createdAtMs, command_uid: action.id },
    metadata: {
      ...metadataOf(version, ['host', 'security_control']),
      ...{ uid: stepId(event), correlation_uid: action.alert || undefined },
    },
    ...{ device: hostOf(action.agent), actor: actorOf(event), ...controlOf(event) },
    policy: policy === '' ? undefined : { name: policy, is_applied: action.inForce },
    countermeasures: countermeasuresOf(activity),
    connection_info: { direction_id: 0, direction: 'Unknown', ...ipVersion(target) },
    observables: [
      {
        ...{ name: 'unmapped.target', value: target },
        ...(isPrefix(target)
          ? { type_id: 12, type: 'Subnet' }
          : { type_id: 2, type: 'IP Address' }),
      },
    ],
    unmapped: actionExtras(event),
  }
}
