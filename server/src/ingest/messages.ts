/** The JSON that an agent sends, checked before anything trusts its shape. */
import { parseJsonPayload } from '@netscope/core/frame.ts'
import { DIRECTIONS, PROTOCOL_CLASSES, VERDICTS } from '@netscope/core/slot.ts'
import type { Status } from '@netscope/core/status.ts'
import type { Hello, Reply } from '@netscope/core/wire.ts'
import { Type } from 'typebox'
import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/schema'

/** Far above what an agent sends, low enough for a label or a line of text. */
const name = Type.String({ maxLength: 256 })
const sentence = Type.String({ maxLength: 4096 })
const count = Type.Number({ minimum: 0 })
const id = Type.Integer({ minimum: 0 })
const list = <T extends TSchema>(items: T) => Type.Array(items, { maxItems: 16_384 })

const hello = Type.Object({
  protocol: Type.Literal(1),
  agent: Type.String({ minLength: 1, maxLength: 253, pattern: '^[A-Za-z0-9._-]+$' }),
  hostname: name,
  version: name,
  source: Type.Enum(['ebpf', 'mock']),
  flowCapacity: Type.Integer({ minimum: 1, maximum: 1 << 26 }),
  startedAtMs: count,
})

const coverage = Type.Object({
  packets: Type.Optional(Type.Number()),
  bytes: Type.Optional(Type.Number()),
  missing: list(
    Type.Object({
      cause: Type.Enum(['table full', 'not IP', 'malformed', 'unexplained']),
      packets: Type.Number(),
      bytes: Type.Number(),
    }),
  ),
})

const entries = Type.Object({ entries: count, capacity: count })

const status = Type.Object({
  timeMs: Type.Number(),
  totals: list(
    Type.Object({
      protocol: Type.Enum([...PROTOCOL_CLASSES]),
      direction: Type.Enum([...DIRECTIONS]),
      action: Type.Enum([...VERDICTS]),
      packets: count,
      bytes: count,
    }),
  ),
  packetsPerSecond: count,
  bytesPerSecond: count,
  lastSecond: Type.Object({
    rxBytes: count,
    txBytes: count,
    rxPackets: count,
    txPackets: count,
    droppedPackets: count,
  }),
  activeIps: count,
  activeIpsAtLeast: Type.Boolean(),
  activeFlows: count,
  topIps: list(
    Type.Object({
      ip: name,
      packetsPerSecond: count,
      bytesPerSecond: count,
      uniqueDstPorts: count,
      synCount: count,
      synAckCount: count,
    }),
  ),
  interfaces: list(
    Type.Object({
      name,
      ifindex: id,
      kind: name,
      attached: Type.Optional(name),
      reason: Type.Optional(sentence),
      leaf: Type.Boolean(),
      rxBytesPerSecond: count,
      txBytesPerSecond: count,
      coverage: Type.Optional(coverage),
    }),
  ),
  coverage,
  flowTable: Type.Object({
    used: count,
    capacity: count,
    overflowPackets: count,
    overflowBytes: count,
  }),
  events: Type.Object({ watched: Type.Boolean(), sent: count, skipped: count, lost: count }),
  lists: Type.Object({ allow: entries, deny: entries }),
  capabilities: list(Type.Object({ name, ok: Type.Boolean(), reason: Type.Optional(sentence) })),
  degraded: list(sentence),
  agent: Type.Object({
    rssBytes: count,
    cpuSeconds: count,
    uplinkDroppedRecords: count,
    uplinkQueuedBytes: count,
  }),
  programs: list(Type.Object({ name, runs: count, runNs: count })),
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
export const parseStatus = parser('status', status, (value): Status => value)
export const parseReply = parser('reply', reply, (value): Reply => value)
