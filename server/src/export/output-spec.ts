/** An output as people declare it in YAML, and what is wrong with one. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { parseQuery } from '@netscope/core/query/parse-query.ts'
import type { Query, QueryResult } from '@netscope/core/query/query.ts'
import { QUERY_LIMITS } from '@netscope/core/query/query.ts'
import { Type } from 'typebox'
import type { Static } from 'typebox'
import { Errors } from 'typebox/value'
import { parseAlertQuery } from '../alerts/alert-query.ts'
import { inWords, OUTPUT_NAME } from '../declared/pattern-words.ts'
import { parseActionQuery } from './action-query.ts'
import { EXPORTED } from './export-line.ts'
import type { Exported } from './export-line.ts'
import type { ExportFormatKind } from './export-format.ts'
import { EXPORT_FORMATS, formatNamed } from './formats.ts'
import type { SinkKind, SinkSettings } from './sink.ts'
import { SINK_KINDS } from './sinks.ts'

const STRICT = { additionalProperties: false } as const
const filter = Type.Optional(Type.String({ maxLength: QUERY_LIMITS.length }))

const outputSpec = Type.Object(
  {
    name: Type.String({ pattern: OUTPUT_NAME }),
    what: Type.Array(Type.Enum([...EXPORTED]), { minItems: 1, maxItems: EXPORTED.length }),
    format: Type.String({ maxLength: 32 }),
    when: Type.Optional(Type.Object({ flows: filter, alerts: filter, actions: filter }, STRICT)),
    heldBack: Type.Optional(Type.Boolean()),
    to: Type.Record(Type.String({ maxLength: 32 }), Type.Unknown(), { maxProperties: 1 }),
  },
  STRICT,
)
/** As it is written: also what the thread is given. */
export type OutputSpec = Static<typeof outputSpec>

/** Ready for use. */
export interface OutputPlan {
  name: string
  what: ReadonlySet<Exported>
  format: ExportFormatKind
  flows: Query | undefined
  alerts: Query | undefined
  actions: Query | undefined
  /** Also alerts that are silenced or marked as false positives. */
  heldBack: boolean
  sink: SinkKind
  settings: SinkSettings
  /** Where it goes, without secrets. */
  target: string
}

/** Where in the entry, what is wrong, and what helps; the last two without a full stop. */
export class OutputProblem extends Error {
  readonly place: string
  readonly remedy: string
  constructor(place: string, message: string, remedy: string) {
    super(message)
    this.place = place
    this.remedy = remedy
  }
}

const SEE = 'docs/reference/export.md shows how outputs are written'

interface SchemaError {
  instancePath: string
  message: string
  params?: unknown
}

const fail = (place: string, { instancePath, message, params }: SchemaError): never => {
  const inside = instancePath.slice(1).replaceAll('/', '.')
  const at = [place, inside].filter((part) => part !== '').join('.')
  const strange = (params as { additionalProperties?: string[] }).additionalProperties?.[0]
  if (strange !== undefined)
    throw new OutputProblem(at || 'the entry', `there is no key ${JSON.stringify(strange)}`, SEE)
  const words =
    message === 'schema is false' ? 'there is no such key' : `it ${inWords({ message, params })}`
  throw new OutputProblem(at || 'the entry', words, SEE)
}

const readSpec = (value: unknown): OutputSpec => {
  const [error] = Errors(outputSpec, value)
  if (error) fail('', error)
  return value as OutputSpec
}

const readQuery = (
  place: string,
  parse: (text: string) => QueryResult,
  text: string | undefined,
): Query | undefined => {
  if (text === undefined || text.trim() === '') return undefined
  const result = parse(text)
  if (result.ok) return result.query
  const { message, position, suggestion } = result.error
  const meant = suggestion === undefined ? SEE : `Did you mean ${suggestion}`
  throw new OutputProblem(
    place,
    `at character ${position + 1}: ${message.replace(/\.$/, '')}`,
    meant,
  )
}

const withDefaults = (sink: SinkKind, given: object): SinkSettings => ({
  ...Object.fromEntries(
    Object.entries(sink.settings.properties).flatMap(([name, schema]) => {
      const value = (schema as { default?: unknown }).default
      return value === undefined ? [] : [[name, value] as const]
    }),
  ),
  ...given,
})

const readSink = (to: OutputSpec['to']): Pick<OutputPlan, 'sink' | 'settings' | 'target'> => {
  const kinds = SINK_KINDS.map(({ kind }) => kind)
  const [[kind, given] = ['', {}]] = Object.entries(to)
  const sink = SINK_KINDS.find((one) => one.kind === kind)
  if (!sink) {
    const message = kind ? `there is nothing called ${JSON.stringify(kind)}` : 'it is empty'
    throw new OutputProblem('to', message, `Write one of ${kinds.join(', ')}`)
  }
  const place = `to.${kind}`
  if (given !== null && (typeof given !== 'object' || Array.isArray(given)))
    throw new OutputProblem(place, 'it has no settings', SEE)
  const settings = withDefaults(sink, given ?? {})
  const names = Object.keys(sink.settings.properties)
  const strange = Object.keys(settings).find((name) => !names.includes(name))
  if (strange !== undefined) {
    const remedy = names.length === 0 ? 'It has no settings' : `There are ${names.join(', ')}`
    throw new OutputProblem(place, `there is no key ${JSON.stringify(strange)}`, remedy)
  }
  const [error] = Errors(sink.settings, settings)
  if (error) fail(place, error)
  const problem = sink.problemOf(settings)
  if (problem !== undefined) throw new OutputProblem(place, problem, SEE)
  return { sink, settings, target: sink.targetOf(settings) }
}

/** Throws `OutputProblem`. */
export const planOf = (value: unknown): OutputPlan => {
  const { name, what, format: formatName, when = {}, heldBack = false, to } = readSpec(value)
  const format = formatNamed(formatName)
  if (!format) {
    const names = EXPORT_FORMATS.map((one) => one.name).join(', ')
    const message = `there is no format ${JSON.stringify(formatName)}`
    throw new OutputProblem('format', message, `Write one of ${names}`)
  }
  return {
    ...{ name, what: new Set(what), format, heldBack },
    flows: readQuery('when.flows', parseQuery, when.flows),
    alerts: readQuery('when.alerts', parseAlertQuery, when.alerts),
    actions: readQuery('when.actions', parseActionQuery, when.actions),
    ...readSink(to),
  }
}

/** `export.file`, which ends the start. */
export const fileError = (place: string, reason: string, remedy: string): NetscopeError =>
  new NetscopeError('export.file', { place, reason, remedy })
