/** What a route says of itself: what it takes, what it answers, and its words in the OpenAPI document. */
import { Type } from 'typebox'
import type { TSchema } from 'typebox'

/** Chapters of the document, in this order. */
export const TAGS = {
  health: 'Whether server and agents are well.',
  auth: 'Signing in, sessions, the own account.',
  flows: 'Flows that live, that ended, that are stored, and what they add up to.',
  events: 'Single packets as they pass.',
  lists: 'The deny list and the allow list.',
  alerts: 'What the detectors have found, and what people say of it.',
  channels: 'Who is told of alerts.',
  exports: 'Flows, alerts and actions for other systems.',
  intel: 'What others know of addresses: feeds and providers of threat intelligence.',
  respond: 'Answers to alerts: policies, actions, blocks by hand, what no block may hit.',
  devices: 'What is on the network.',
  agents: 'The machines that count.',
  captures: 'Packets as a pcapng file.',
  metrics: 'Figures for dashboards.',
  live: 'Subscriptions over WebSocket.',
  users: 'Accounts, API tokens, audit.',
  settings: 'Configuration and backup.',
} as const
export type Tag = keyof typeof TAGS

/** An answer that is no JSON. */
export interface OtherContent {
  description: string
  content: Record<string, { schema: TSchema }>
}

interface Operation {
  /** Unique, camelCase: its name in generated clients. */
  operationId: string
  tags: readonly [Tag]
  /** One sentence. */
  summary: string
  description?: string
  params?: TSchema
  querystring?: TSchema
  body?: TSchema
  /** By status; problem documents are added to every route. */
  response: Readonly<Record<number, TSchema | OtherContent>>
}

/**
 * A route's schema. Requests that do not fit are refused with `request.invalid` or `query.invalid`; of an answer
 * what its schema does not name is left out.
 */
export const operation = <const O extends Operation>(of: O): O => of

/** An answer of another type than JSON, as text or stream. */
export const answerOf = (type: string, description: string): OtherContent => ({
  description,
  content: { [type]: { schema: Type.String() } },
})

/** Server-Sent Events; `events` says which. */
export const eventStreamOf = (events: string): OtherContent =>
  answerOf('text/event-stream', `Server-Sent Events until the client goes: ${events}`)

/** For routes whose body may be left out. */
export const BODY_OPTIONAL = {
  preValidation: async (request: { body: unknown }): Promise<void> => {
    request.body ??= {}
  },
}

/** Objects of requests: what is not named is an error that names what is. */
export const STRICT = { additionalProperties: false } as const

/** RFC 9457, with the two fields that older clients read. */
export const problemSchema = Type.Object(
  {
    type: Type.String({ description: 'urn:netscope:error: and the code.' }),
    title: Type.String({ description: 'Words of the HTTP status.' }),
    status: Type.Integer(),
    detail: Type.String({ description: 'What is wrong, in a sentence.' }),
    code: Type.String({ description: 'One of docs/reference/errors.md; never changes.' }),
    remedy: Type.String({ description: 'What can be done about it.' }),
    ok: Type.Literal(false),
    error: Type.String({ description: 'As detail, for older clients.' }),
    position: Type.Optional(
      Type.Integer({ description: 'Of a filter: where it is wrong, from 0.' }),
    ),
    length: Type.Optional(Type.Integer({ description: 'Of a filter: how much is wrong.' })),
    suggestion: Type.Optional(Type.String({ description: 'Of a filter: what could stand there.' })),
  },
  { title: 'Problem', description: 'Problem document (RFC 9457).' },
)

/** How every operation of the document can fail. */
export const PROBLEM_ANSWERS = { '4xx': problemSchema, '5xx': problemSchema } as const
