/** A step of an action as an event of ECS: a control that lets packets pass no more, or again. */
import type { ActionStep } from '../../respond/action.ts'
import type { ActionEvent } from '../export-format.ts'
import { keyword } from './ecs-keyword.ts'
import { actionExtras, isIpv6, isPrefix, known, personOf } from './known-parts.ts'
import { stepId, timeText } from './known-parts.ts'

/** Expected types of `network` (start, end, denied, allowed, info) and of `intrusion_detection` (denied, allowed, info). */
const typesOf = ({ action, step: { state } }: ActionEvent): string[] => {
  const isDenied = action.do.block !== 'no'
  if (state === 'in-force') return isDenied ? ['start', 'denied'] : ['start', 'info']
  if (state === 'verified') return ['denied', 'info']
  if (state === 'expired' || state === 'undone') return ['end', 'allowed']
  return ['info']
}

/** Of what was attempted; a question has none yet. */
const outcomeOf = (state: ActionStep['state']): string => {
  if (state === 'failed' || state === 'refused') return 'failure'
  const isDone = state === 'in-force' || state === 'verified'
  return isDone || state === 'expired' || state === 'undone' ? 'success' : 'unknown'
}

const END_STATES: ReadonlySet<string> = new Set(['expired', 'undone'])

export const ecsAction = (
  event: ActionEvent,
  { ecs, observer }: { ecs: string; observer: object },
): object => {
  const { action, step } = event
  const { target } = action
  const ip = isPrefix(target) ? undefined : target
  const person = personOf(event)
  const time = timeText(step.atMs)
  return {
    '@timestamp': time,
    ecs: { version: ecs },
    message: `${target}: ${step.state}, ${step.reason}`,
    event: {
      ...{ kind: 'event', category: ['intrusion_detection', 'network'], type: typesOf(event) },
      ...{ outcome: outcomeOf(step.state), action: `action_${step.state.replace('-', '_')}` },
      ...{ dataset: 'netscope.action', module: 'netscope', id: stepId(event) },
      ...{ reason: keyword(step.reason), start: timeText(action.createdAtMs) },
      end: END_STATES.has(step.state) ? time : undefined,
    },
    rule:
      action.policy === ''
        ? undefined
        : { name: action.policy, ruleset: 'netscope', category: 'response' },
    network: { type: isIpv6(target) ? 'ipv6' : 'ipv4' },
    source: { address: target, ip },
    user: person === undefined ? undefined : { name: keyword(person) },
    host: action.agent === '' ? undefined : { name: action.agent },
    observer: { ...observer, name: known(action.agent) },
    related: { ip: ip && [ip], user: person === undefined ? undefined : [keyword(person)] },
    netscope: actionExtras(event),
  }
}
