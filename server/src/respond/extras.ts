/** What an action does besides the kernel: packets captured into a file, a webhook, a word to people. */
import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Logger } from 'pino'
import type { Agents } from '../agents.ts'
import type { Captures } from '../captures/captures.ts'
import { readSecretText } from '../declared/secret-text.ts'
import type { Outgoing } from '../outgoing/outgoing.ts'
import type { Action } from './action.ts'
import { policyActor } from './actions.ts'
import type { Actions } from './actions.ts'
import type { Policies } from './policies.ts'

export interface Extras {
  /** Never throws: what fails is a step. */
  run(action: Action): void
  /** A person is to decide. */
  asked(action: Action): void
}

export interface ExtrasDeps {
  policies: Pick<Policies, 'all'>
  actions: Pick<Actions, 'step'>
  agents: Agents
  captures: Pick<Captures, 'open'>
  outgoing: Pick<Outgoing, 'request'>
  tellPeople(action: Action): void
  log: Pick<Logger, 'warn'>
}

const MAX_CAPTURE_BYTES = 8 << 20
/** Of that, for packets from before the action, where the agent keeps a capture ring. */
const MAX_BEFORE_BYTES = MAX_CAPTURE_BYTES / 4
const SNAP_LENGTH = 1600
/** Of one action after the other. */
const MAX_CAPTURES = 4

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

/** Where the packets of an action are. */
export const captureFile = (folder: string, id: string): string =>
  join(folder, 'captures', `${id}.pcapng`)

export const createExtras = ({ folder }: { folder: string }, deps: ExtrasDeps): Extras => {
  const { actions, agents, captures, outgoing } = deps
  let capturing = 0

  const note = (action: Action, words: string): void =>
    actions.step(action, 'note', words, policyActor(action.policy || 'of people'))

  const capture = async (action: Action): Promise<void> => {
    const { agent: name, target: ip, id } = action
    const agent = agents.connected.find((of) => name === '' || of.name === name)
    if (!agent) return note(action, 'no packets captured: the agent is away')
    if (capturing >= MAX_CAPTURES) return note(action, 'no packets captured: others are being')
    capturing++
    try {
      const seconds = action.do.captureSeconds
      const bounds = { maxBytes: MAX_CAPTURE_BYTES, beforeBytes: MAX_BEFORE_BYTES }
      const limits = { seconds, ...bounds, snapLength: SNAP_LENGTH }
      const { file } = await captures.open(agent, { ip }, limits)
      const path = captureFile(folder, id)
      await mkdir(join(folder, 'captures'), { recursive: true, mode: 0o700 })
      await pipeline(file, createWriteStream(path, { mode: 0o600 }))
      note(action, `packets of ${seconds} s captured: GET /api/v1/actions/${id}/capture`)
    } finally {
      capturing--
    }
  }

  const webhook = async (action: Action, written: string): Promise<void> => {
    const { status } = await outgoing.request({
      method: 'POST',
      url: readSecretText(written),
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ action }),
    })
    note(action, `the webhook answered ${status}`)
  }

  const attempt = (action: Action, what: string, work: Promise<void>): void => {
    work
      .catch((error: unknown) => note(action, `${what} failed: ${messageOf(error)}`))
      // The server ends meanwhile: there is nowhere left to note it.
      .catch((err: unknown) => deps.log.warn({ err, action: action.id }, `${what} failed`))
  }

  return {
    run(action) {
      const policy = deps.policies.all().find(({ name }) => name === action.policy)
      if (action.do.captureSeconds > 0) attempt(action, 'the capture', capture(action))
      if (policy && policy.do.webhook !== '')
        attempt(action, 'the webhook', webhook(action, policy.do.webhook))
      if (action.do.notify) deps.tellPeople(action)
    },
    asked: (action) => deps.tellPeople(action),
  }
}
