/** Asks one provider about one address: within its quota, past its circuit breaker, each question once at a time. */
import { setTimeout } from 'node:timers/promises'
import type { Logger } from 'pino'
import { createHider } from '../declared/hide-secrets.ts'
import { explained } from '../outgoing/explained.ts'
import { hidingOutgoing } from '../outgoing/hiding-outgoing.ts'
import type { Outgoing } from '../outgoing/outgoing.ts'
import { pauseMs } from '../outgoing/retry-after.ts'
import type { Answer, Failure } from './answer.ts'
import type { AnswerStore, StoredAnswer } from './answer-store.ts'
import { createCircuit } from './circuit.ts'
import type { CircuitState } from './circuit.ts'
import { plainText } from './json-fields.ts'
import type { Ledger, Spent } from './ledger.ts'
import type { UsedProvider } from './provider-settings.ts'

export interface AskerConfig {
  cacheHours: number
  missHours: number
}

export interface AskerDeps {
  outgoing: Pick<Outgoing, 'request'>
  ledger: Ledger
  answers: Pick<AnswerStore, 'put'>
  /** Milliseconds since 1970. */
  now(): number
  sleep?(ms: number): Promise<unknown>
  log: Pick<Logger, 'warn'>
}

export interface Asker {
  readonly used: UsedProvider
  circuit(): CircuitState
  quota(): Spent[]
  /** Why it can't be asked about the address now; undefined: it can. Spends nothing. */
  obstacle(address: string): string | undefined
  /** The answer, which is kept; or why there is none. */
  ask(address: string): Promise<StoredAnswer | string>
}

const HOUR_MS = 3_600_000
const TIMEOUT_MS = 10_000
const MAX_BYTES = 2 << 20
/** Of a quota without a time to come back at: doubled each time, to an hour. */
const QUOTA_PAUSE_MS = 60_000
/** Who would have to wait longer for its turn is told so. */
const LONGEST_TURN_MS = 5000
const sleepFor = (ms: number): Promise<unknown> => setTimeout(ms, undefined, { ref: false })
/** A key that was refused: somebody has to change it. */
const KEY_PAUSE_MS = HOUR_MS

export const createAsker = (used: UsedProvider, config: AskerConfig, deps: AskerDeps): Asker => {
  const { ledger, now, log, sleep = sleepFor } = deps
  const { provider, quota } = used
  const { name, gapMs = 0 } = provider
  const circuit = createCircuit(now)
  const waiting = new Map<string, Promise<StoredAnswer | string>>()
  let freeMs = 0
  let refusals = 0

  const at = (ms: number): string => new Date(ms).toISOString()

  const obstacle = (address: string): string | undefined => {
    if (used.off !== '') return used.off
    if (address.includes(':') && !provider.ipv6) return 'it knows no IPv6 addresses'
    const pause = ledger.paused(name)
    if (pause) return `it wants to be left alone until ${at(pause.untilMs)}: ${pause.reason}`
    const { state, untilMs, reason } = circuit.state
    if (state === 'open') return `it failed (${reason}) and is tried again at ${at(untilMs)}`
    return ledger.hasRoom(name, quota) ? undefined : exhausted()
  }

  const exhausted = (): string => {
    const full = ledger
      .spent(name, quota)
      .findLast(({ used: spent, limit }) => limit > 0 && spent >= limit)
    if (!full) return 'its quota is used up'
    return `its ${full.limit} look-ups of this ${full.period} are used up until ${at(full.resetsMs)}`
  }

  const failed = ({ cause, reason, retryAfterMs }: Failure): string => {
    if (cause === 'quota') {
      const pause = Math.min(HOUR_MS, QUOTA_PAUSE_MS * 2 ** refusals++)
      // No time, or a date that is over by our clock: neither is a reason to ask again at once.
      ledger.pause(name, now() + (retryAfterMs || pause), reason)
    } else circuit.failed(reason, cause === 'key' ? KEY_PAUSE_MS : undefined)
    log.warn({ provider: name, reason }, 'a provider of threat intelligence did not answer')
    return reason
  }

  const send = async (address: string): Promise<Answer | Failure> => {
    let key = ''
    try {
      key = used.key()
    } catch (error) {
      return { kind: 'failed', cause: 'key', reason: `its key: ${(error as Error).message}` }
    }
    // A provider may say in its answer what it was sent.
    const hide = createHider([key])
    try {
      const { url, headers } = provider.request(used.baseUrl, address, key)
      const request = { url, headers, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES }
      const outgoing = hidingOutgoing(deps.outgoing, hide)
      const { status, headers: told, body } = await outgoing.request(request)
      const single = Object.entries(told).map(([title, value]) => [title, String(value ?? '')])
      const response = { headers: Object.fromEntries(single) as Record<string, string>, status }
      const pause = status < 300 ? pauseMs(told, now()) : undefined
      if (pause) ledger.pause(name, now() + pause, 'it says that none of its look-ups remain')
      // Without the mark of byte order, which is no JSON.
      return provider.read({ ...response, body: new TextDecoder().decode(body), atMs: now() })
    } catch (error) {
      // Errors of the guarded client name the host, never the URL; what else comes here must not show the key either.
      const reason = plainText(hide(explained(error)))
      return { kind: 'failed', cause: 'broken', reason }
    }
  }

  const ask = async (address: string): Promise<StoredAnswer | string> => {
    const why = obstacle(address)
    if (why !== undefined) return why
    const turnMs = Math.max(0, freeMs - now())
    if (turnMs > LONGEST_TURN_MS) return 'it is asked once a second, and too many wait'
    freeMs = now() + turnMs + gapMs
    if (turnMs > 0) {
      await sleep(turnMs)
      const since = obstacle(address)
      if (since !== undefined) return since
    }
    if (!circuit.enter()) return 'it failed and is being tried'
    if (ledger.take(name, quota)) return exhausted()
    const answer = await send(address)
    if (answer.kind === 'failed') return failed(answer)
    circuit.succeeded()
    refusals = 0
    const hours = answer.kind === 'unknown' ? config.missHours : config.cacheHours
    const stored = { provider: name, atMs: now(), untilMs: now() + hours * HOUR_MS, answer }
    deps.answers.put(address, stored)
    return stored
  }

  return {
    used,
    circuit: () => circuit.state,
    quota: () => ledger.spent(name, quota),
    obstacle,
    ask(address) {
      const known = waiting.get(address)
      if (known) return known
      const asked = ask(address).finally(() => waiting.delete(address))
      waiting.set(address, asked)
      return asked
    },
  }
}
