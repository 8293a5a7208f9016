/** What stands in the form of a channel, and what the API is told of it. */
import type { BodyOf } from '@netscope/core/api/client.ts'
import type { Channel, ChannelKind } from '../api/notify.ts'

/** What is used here of the JSON Schema of a setting. */
export interface Setting {
  type?: string
  description?: string
  enum?: string[]
  default?: unknown
}
interface SettingsSchema {
  properties: Record<string, Setting>
  required?: string[]
}
type Rules = NonNullable<BodyOf<'changeChannel'>['rules']>

export interface ChannelValues {
  settings: Record<string, string>
  minSeverity: NonNullable<Rules['minSeverity']>
  filter: string
  newThings: boolean
  groupSeconds: string
  dailyBudget: string
  quietFrom: string
  quietTo: string
  timeZone: string
}

export const schemaOf = ({ settings }: ChannelKind) => settings as SettingsSchema

/** Secrets are never known: empty, they stay what they are. */
export const valuesOf = (channel: Channel | undefined, secrets: readonly string[]) => {
  const { rules } = channel ?? {}
  const shown = Object.entries(channel?.settings ?? {}).filter(([key]) => !secrets.includes(key))
  return {
    settings: Object.fromEntries(shown.map(([key, value]) => [key, textOf(value)])),
    minSeverity: rules?.minSeverity ?? 'medium',
    filter: rules?.filter ?? '',
    newThings: rules?.newThings ?? false,
    groupSeconds: String(rules?.groupSeconds ?? 30),
    dailyBudget: String(rules?.dailyBudget ?? 50),
    quietFrom: rules?.quietHours?.from ?? '',
    quietTo: rules?.quietHours?.to ?? '',
    timeZone: rules?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
  } satisfies ChannelValues
}

export const bodyOf = (values: ChannelValues, { properties }: SettingsSchema) => ({
  settings: Object.fromEntries(
    Object.entries(values.settings)
      .filter(([, text]) => text.trim() !== '')
      .map(([key, text]) => [key, valueOf(text.trim(), properties[key]?.type)]),
  ),
  rules: {
    minSeverity: values.minSeverity,
    filter: values.filter.trim(),
    newThings: values.newThings,
    groupSeconds: Number(values.groupSeconds),
    dailyBudget: Number(values.dailyBudget),
    quietHours:
      values.quietFrom && values.quietTo ? { from: values.quietFrom, to: values.quietTo } : null,
    timeZone: values.timeZone.trim(),
  },
})

export const textOf = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(textOf).join(', ')
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)
}

const valueOf = (text: string, type: string | undefined): unknown => {
  if (type === 'integer' || type === 'number') return Number(text)
  if (type === 'boolean') return text === 'true'
  return type === 'array' ? text.split(/[\s,]+/).filter(Boolean) : text
}
