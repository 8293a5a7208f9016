/** Devices in requests and answers. Their fields are written with underscores, as earlier programs read them. */
import { Type } from 'typebox'
import { LINE } from '../declared/pattern-words.ts'
import { STRICT } from './operation.ts'
import { orNull } from './or-null.ts'

const time = (description: string) => Type.String({ format: 'date-time', description })
const score = (description: string) =>
  orNull<number>('number', {
    description: `${description} null: not known, which is not 0.`,
  })
const STATUSES = ['online', 'offline', 'unknown'] as const

const row = {
  id: Type.String({ description: 'Stays the same as long as the device is known.' }),
  ip: Type.String({ description: 'The IPv4 address, else the IPv6 address, confirmed last.' }),
  mac: Type.String({ description: 'Empty: only packets that came through a router were seen.' }),
  hostname: Type.String({ description: 'What it calls itself, or what DNS calls it.' }),
  vendor: Type.String({ description: "Maker, by IEEE's list; empty for randomised addresses." }),
  agent_id: Type.String({ description: 'Whose network it is on.' }),
  status: Type.Enum([...STATUSES], {
    description: 'online: seen in the last five minutes; unknown: its agent is away.',
  }),
  bandwidth_tx_bps: Type.Number({ description: 'Bits per second that it sends, last 10 s.' }),
  bandwidth_rx_bps: Type.Number({ description: 'Bits per second that it receives, last 10 s.' }),
  open_ports: Type.Array(Type.Integer(), { description: 'Ports that were seen answering.' }),
  risk_score: score('From 0 to 100, of its alerts, threat intelligence and third-party agents.'),
  trust_score: score('From 0 to 100, of what people say, how long it is known, and its risk.'),
  last_seen: time('When it last sent something.'),
  created_at: time('When it was seen first.'),
  name: Type.String({ description: 'Given by people; empty: none.' }),
  role: Type.String({ description: 'Given by people, else the best guess; empty: none.' }),
  roles: Type.Array(Type.String(), { description: 'All guesses; the detail has the evidence.' }),
  trusted: orNull<boolean>('boolean', { description: 'Said by people; null: not.' }),
  randomized_mac: Type.Boolean({
    description: 'The MAC was made up by software: it may change, and the device has others.',
  }),
  interface: Type.String({ description: 'Where the agent heard it last.' }),
  vlan: Type.Integer({ description: '0: untagged.' }),
}
export const deviceSchema = Type.Object(row, { title: 'Device' })

const times = { first_seen: time(''), last_seen: time('') }
export const deviceDetailSchema = Type.Object(
  {
    ...row,
    note: Type.String({ description: 'Written by people.' }),
    names: Type.Array(
      Type.Object({ source: Type.String(), name: Type.String(), last_seen: time('') }),
      { description: 'By source; the best is `hostname`.' },
    ),
    addresses: Type.Array(
      Type.Object({
        ip: Type.String(),
        ...times,
        previous_mac: Type.String({ description: 'Who had it before, if it changed hands.' }),
      }),
      { description: 'The one confirmed last first.' },
    ),
    ports: Type.Array(Type.Object({ protocol: Type.String(), port: Type.Integer(), ...times })),
    services: Type.Array(
      Type.Object({
        type: Type.String({ description: 'DNS-SD, such as _ipp._tcp.' }),
        instance: Type.String(),
        port: Type.Integer({ description: '0: not told.' }),
        last_seen: time(''),
      }),
    ),
    evidence: Type.Array(
      Type.Object({ role: Type.String(), detail: Type.String(), last_seen: time('') }),
      { description: 'What the guesses of `roles` rest on.' },
    ),
    bandwidth: Type.Array(
      Type.Object({ time: time(''), tx_bps: Type.Number(), rx_bps: Type.Number() }),
      { description: 'Averages of five minutes over the last day, since the server started.' },
    ),
    scores: Type.Object(
      {
        risk_arithmetic: Type.String({ description: 'How the risk comes about, in figures.' }),
        trust_arithmetic: Type.String({ description: 'How the trust comes about.' }),
        sources: Type.Array(
          Type.Object({
            source: Type.String({
              description:
                '`alert ID`, `threat intelligence ADDRESS`, `a third-party agent` or `watched`.',
            }),
            detail: Type.String(),
            weight: Type.Number({ description: 'w, from 0 to 1.' }),
            probability: Type.Number({ description: 'p: how much it says for harm.' }),
            decay: Type.Number({ description: 'd: what is left at its age.' }),
          }),
        ),
      },
      { description: 'What `risk_score` and `trust_score` rest on.' },
    ),
  },
  { title: 'DeviceDetail' },
)

/** One line without control characters. */
const line = (maxLength: number) => Type.String({ maxLength, pattern: LINE })

export const changeBody = Type.Object(
  {
    name: Type.Optional(line(100)),
    role: Type.Optional(line(40)),
    note: Type.Optional(Type.String({ maxLength: 2000 })),
    trusted: Type.Optional(orNull<boolean>('boolean', {})),
  },
  { ...STRICT, minProperties: 1 },
)

const scoreIn = Type.Optional(orNull<number>('number', { minimum: 0, maximum: 100 }))
const rateIn = Type.Optional(Type.Number({ minimum: 0, maximum: 1e15 }))
export const reportBody = Type.Object(
  {
    ip: Type.Optional(Type.String({ maxLength: 64 })),
    mac: Type.Optional(Type.String({ maxLength: 17 })),
    hostname: Type.Optional(line(255)),
    vendor: Type.Optional(line(255)),
    agent_id: Type.String({ minLength: 1, maxLength: 253, pattern: '^[A-Za-z0-9._-]+$' }),
    status: Type.Optional(Type.Enum([...STATUSES])),
    bandwidth_tx_bps: rateIn,
    bandwidth_rx_bps: rateIn,
    open_ports: Type.Optional(
      Type.Array(Type.Integer({ minimum: 1, maximum: 65_535 }), { maxItems: 1024 }),
    ),
    risk_score: scoreIn,
    trust_score: scoreIn,
    id: Type.Optional(Type.String({ maxLength: 64, description: 'Not used: ids are ours.' })),
    last_seen: Type.Optional(Type.String({ maxLength: 64, description: 'Not used: it is now.' })),
    created_at: Type.Optional(Type.String({ maxLength: 64, description: 'Not used.' })),
  },
  STRICT,
)

export const SORTS = ['created_at', '-last_seen', '-bandwidth', 'hostname', 'ip'] as const
export const DEVICE_STATUSES = STATUSES
