/** The JSON that an agent sends, checked before anything trusts its shape. */
import type { Diagnosis } from '@netscope/core/diagnosis.ts'
import { parseJsonPayload } from '@netscope/core/frame.ts'
import type { Status } from '@netscope/core/status.ts'
import { UPLINK_PROTOCOL } from '@netscope/core/wire.ts'
import type {
  Dictionary,
  Hello,
  Join,
  ObservationBatch,
  Reply,
  SpooledNames,
} from '@netscope/core/wire.ts'
import { Type } from 'typebox'
import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/schema'
import { diagnosisSchema } from './diagnosis-schema.ts'
import { dictionarySchema, spooledNamesSchema } from './dictionary-schema.ts'
import { count, id, name, sentence } from './json-values.ts'
import { observationSchema } from './observation-schema.ts'
import { statusSchema } from './status-schema.ts'

const agentName = Type.String({ minLength: 1, maxLength: 253, pattern: '^[A-Za-z0-9._-]+$' })
const secret = Type.String({ minLength: 1, maxLength: 256 })

const hello = Type.Object({
  protocol: Type.Literal(UPLINK_PROTOCOL),
  agent: agentName,
  hostname: name,
  version: name,
  source: Type.Enum(['ebpf', 'mock']),
  flowCapacity: Type.Integer({ minimum: 1, maximum: 1 << 26 }),
  startedAtMs: count,
  epoch: Type.Integer({ minimum: 0 }),
  credential: Type.Optional(secret),
  lists: Type.Optional(Type.Object({ server: name, revision: id })),
})

const join = Type.Object({
  protocol: Type.Literal(UPLINK_PROTOCOL),
  secret,
  agent: agentName,
  hostname: name,
  version: name,
})

const reply = Type.Union([
  Type.Object({ id, ok: Type.Literal(true), result: Type.Record(Type.String(), Type.Unknown()) }),
  Type.Object({ id, ok: Type.Literal(false), code: name, message: sentence }),
])

/** The checked value, or why it is not one. */
export type Parsed<T> = { value: T } | { problem: string }

const parser = <S extends TSchema, T>(what: string, schema: S, typed: (value: Static<S>) => T) => {
  const validator = Compile(schema)
  return (payload: Uint8Array): Parsed<T> => {
    const value = parseJsonPayload(payload)
    if (value === undefined) return { problem: `${what} is not JSON` }
    if (validator.Check(value)) return { value: typed(value) }
    const [, [first]] = validator.Errors(value)
    return {
      problem: `${what}${first?.instancePath.replaceAll('/', '.') ?? ''} ${first?.message ?? 'is wrong'}`,
    }
  }
}

/** A schema that drifts from the contract in core does not compile. */
export const parseHello = parser('hello', hello, (value): Hello => value)
export const parseJoin = parser('join', join, (value): Join => value)
export const parseStatus = parser('status', statusSchema, (value): Status => value)
export const parseReply = parser('reply', reply, (value): Reply => value)
export const parseDictionary = parser('dictionary', dictionarySchema, (value): Dictionary => value)
export const parseObservations = parser(
  'observations',
  observationSchema,
  (value): ObservationBatch => value,
)
export const parseDiagnosis = parser('diagnosis', diagnosisSchema, (value): Diagnosis => value)
export const parseSpooledNames = parser(
  'spooled names',
  spooledNamesSchema,
  (value): SpooledNames => value,
)

/** Which protocol a hello or join speaks, whatever else is in it; undefined: it does not say. */
export const protocolOf = (payload: Uint8Array): number | undefined => {
  const value = parseJsonPayload(payload) as { protocol?: unknown } | undefined | null
  return typeof value?.protocol === 'number' ? value.protocol : undefined
}
