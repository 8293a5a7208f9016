/** Asks one provider about one address: within its quota, past its circuit breaker, each question once at a time. */
import type { Logger } from 'pino'
import type { Outgoing } from '../outgoing/outgoing.ts'
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
/** Of a quota without a time to come back at. */
const QUOTA_PAUSE_MS = HOUR_MS
/** A key that was refused: somebody has to change it. */
const KEY_PAUSE_MS = HOUR_MS

export const createAsker = (used: UsedProvider, config: AskerConfig, deps: AskerDeps): Asker => {
  const { ledger, now, log } = deps
  const { provider, quota } = used
  const { name } = provider
  const circuit = createCircuit(now)
  const waiting = new Map<string, Promise<StoredAnswer | string>>()

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
    if (cause === 'quota') ledger.pause(name, now() + (retryAfterMs ?? QUOTA_PAUSE_MS), reason)
    else circuit.failed(reason, cause === 'key' ? KEY_PAUSE_MS : undefined)
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
    try {
      const { url, headers } = provider.request(used.baseUrl, address, key)
      const request = { url, headers, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES }
      const { status, headers: told, body } = await deps.outgoing.request(request)
      const single = Object.entries(told).map(([title, value]) => [title, String(value ?? '')])
      const response = { headers: Object.fromEntries(single) as Record<string, string>, status }
      return provider.read({ ...response, body: body.toString('utf8') })
    } catch (error) {
      // Errors of the guarded client name the host, never the URL; what else comes here must not show the key either.
      const text = plainText(error instanceof Error ? error.message : String(error))
      const reason = key === '' ? text : text.replaceAll(key, '***')
      return { kind: 'failed', cause: 'broken', reason }
    }
  }

  const ask = async (address: string): Promise<StoredAnswer | string> => {
    const why = obstacle(address)
    if (why !== undefined) return why
    if (!circuit.enter()) return 'it failed and is being tried'
    if (ledger.take(name, quota)) return exhausted()
    const answer = await send(address)
    if (answer.kind === 'failed') return failed(answer)
    circuit.succeeded()
    const hours = answer.kind === 'verdict' ? config.cacheHours : config.missHours
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
