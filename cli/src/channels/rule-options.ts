/** When a channel is told, as options of the command. */
import { InvalidArgumentError } from 'commander'
import type { BodyOf } from '@netscope/core/api/client.ts'

export interface RuleOptions {
  minSeverity?: string
  filter?: string
  newThings?: boolean
  group?: number
  budget?: number
  quietHours?: string
  timeZone?: string
}
type Rules = NonNullable<BodyOf<'addChannel'>['rules']>

const LABELS = ['info', 'low', 'medium', 'high', 'critical'] as const

const readLabel = (text: string): (typeof LABELS)[number] => {
  const label = LABELS.find((one) => one === text)
  if (label) return label
  throw new InvalidArgumentError(`A severity is one of ${LABELS.join(', ')}.`)
}

const readQuiet = (text: string): { from: string; to: string } | null => {
  if (text === 'none') return null
  const [from, to, ...more] = text.split('-')
  if (from && to && more.length === 0) return { from, to }
  throw new InvalidArgumentError('Quiet hours are written as 22:00-07:00, or none.')
}

/** Those that are given. */
export const readRules = (options: RuleOptions): Rules => {
  const { minSeverity, filter, newThings, group, budget, quietHours, timeZone } = options
  return {
    ...(minSeverity !== undefined && { minSeverity: readLabel(minSeverity) }),
    ...(filter !== undefined && { filter }),
    ...(newThings !== undefined && { newThings }),
    ...(group !== undefined && { groupSeconds: group }),
    ...(budget !== undefined && { dailyBudget: budget }),
    ...(quietHours !== undefined && { quietHours: readQuiet(quietHours) }),
    ...(timeZone !== undefined && { timeZone }),
  }
}
