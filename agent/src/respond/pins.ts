/** Pinned addresses: what the server named and what this host cannot do without, in the kernel above every deny entry. */
import { encodePrefix, formatPrefix } from '@netscope/core/prefix.ts'
import { prefixesOverlap, prefixTest, type AddressTest } from '@netscope/core/query/prefix-test.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import { MAX_PINNED, type PinnedAddress } from '@netscope/core/wire-response.ts'
import { ArgumentError } from '../argument-error.ts'
import type { ResponseTable } from '../source.ts'
import { readKeptJson, writeKeptJson } from '../kept-json.ts'

const MAX_WHY = 200
/** Prefixes that an admin insists on. */
const MAX_EXCEPT = 1000

export interface PinsDeps {
  table: Pick<ResponseTable, 'pin' | 'unpin' | 'pinCapacity'>
  log: { warn(fields: object, message: string): void }
}

/** What this host cannot do without, in canonical text. */
export interface OwnPins {
  /** Pinned whatever anybody insists on. */
  always: readonly string[]
  others: readonly string[]
}

export interface Pins {
  /** Pins again what the server had named, from disk: it may be away. */
  load(): void
  /**
   * What the server names, whole, and what of our own is not to be pinned; in force when it returns. Throws ArgumentError, and
   * changes nothing, when some of it is wrong.
   */
  setNamed(pinned: readonly unknown[], except?: readonly unknown[]): void
  setOwn(own: OwnPins): void
  named(): number
  /** Whether an address of 16 bytes is pinned. */
  holds(address: Uint8Array): boolean
  /** Tests of those that have addresses in common with a prefix, as they are now. */
  within(prefix: Pin): AddressTest[]
  /** Reasons why something is not as it should be, in words for people. */
  degraded(): string[]
}

interface Pin {
  length: number
  addr: Uint8Array
}
interface InForce extends Pin {
  bytes: Uint8Array
  holds: AddressTest
}

export const createPins = ({ path }: { path: string }, { table, log }: PinsDeps): Pins => {
  let named = new Map<string, string>()
  let except: InForce[] = []
  let own: OwnPins = { always: [], others: [] }
  let problem = ''
  const inForce = new Map<string, InForce>()

  const wanted = (): Set<string> => {
    const isInsisted = (text: string) => except.some(({ holds }) => holds(viewOf(pinOf(text)), 0))
    const others = except.length === 0 ? own.others : own.others.filter((one) => !isInsisted(one))
    return new Set([...named.keys(), ...own.always, ...others])
  }

  const add = (texts: readonly string[]): void => {
    if (texts.length === 0) return
    const added = texts.map((text) => ({ text, pin: pinOf(text) }))
    const prefixes = joined(added.map(({ pin }) => pin))
    try {
      table.pin(prefixes, added.length)
    } catch (error) {
      table.unpin(prefixes, added.length)
      throw error
    }
    for (const { text, pin } of added) inForce.set(text, pin)
  }

  const drop = (texts: readonly string[]): void => {
    const pins = texts.flatMap((text) => inForce.get(text) ?? [])
    if (pins.length > 0) table.unpin(joined(pins), pins.length)
    for (const text of texts) inForce.delete(text)
  }

  /** Throws ArgumentError, and changes nothing, when there is no room. */
  const apply = (): void => {
    const all = wanted()
    if (all.size > table.pinCapacity)
      throw new ArgumentError(`there is room for ${table.pinCapacity} pinned addresses`)
    const fresh = [...all].filter((text) => !inForce.has(text))
    const stale = [...inForce.keys()].filter((text) => !all.has(text))
    // New ones first, so that an address that moves from one to the other is never without.
    const hasRoom = inForce.size + fresh.length <= table.pinCapacity
    if (!hasRoom) drop(stale)
    add(fresh)
    if (hasRoom) drop(stale)
    problem = ''
  }

  const take = (pinned: readonly unknown[], but: readonly unknown[]): void => {
    if (pinned.length > MAX_PINNED)
      throw new ArgumentError(`at most ${MAX_PINNED} addresses can be pinned`)
    if (but.length > MAX_EXCEPT)
      throw new ArgumentError(`at most ${MAX_EXCEPT} prefixes can be excepted`)
    const before = { named, except }
    const checked = pinned.map(checkPinned)
    except = but.map((one) => pinOf(checkPrefix(one)))
    named = new Map(checked.map(({ prefix, why }) => [prefix, why]))
    try {
      apply()
    } catch (error) {
      named = before.named
      except = before.except
      throw error
    }
  }

  return {
    load: () => {
      try {
        const kept = (readKeptJson(path) ?? {}) as { pinned?: unknown[]; except?: unknown[] }
        take(kept.pinned ?? [], kept.except ?? [])
      } catch (error) {
        // The server sends them again when it is there.
        log.warn({ path, reason: (error as Error).message }, 'pinned addresses cannot be read')
      }
    },
    setNamed: (pinned, but = []) => {
      take(pinned, but)
      try {
        writeKeptJson(path, {
          pinned: [...named].map(([prefix, why]) => ({ prefix, why })),
          except: except.map(({ bytes }) => formatPrefix(bytes, 0)),
        })
      } catch (error) {
        log.warn({ path, reason: (error as Error).message }, 'pinned addresses cannot be saved')
      }
    },
    setOwn: (given) => {
      if (isSame(given, own) && problem === '') return
      own = given
      try {
        apply()
      } catch (error) {
        const reason = (error as Error).message
        if (problem === '') log.warn({ reason }, 'addresses of this host cannot be pinned')
        problem = `Blocks may reach what this host cannot do without, because it cannot be pinned: ${reason}`
      }
    },
    named: () => named.size,
    holds: (address) => {
      const view = new DataView(address.buffer, address.byteOffset, 16)
      for (const { holds } of inForce.values()) if (holds(view, 0)) return true
      return false
    },
    within: (prefix) =>
      [...inForce.values()]
        .filter((pin) => prefixesOverlap({ ...pin, text: '' }, { ...prefix, text: '' }))
        .map(({ holds }) => holds),
    degraded: () => (problem === '' ? [] : [problem]),
  }
}

const isSame = (a: OwnPins, b: OwnPins): boolean =>
  a.always.join() === b.always.join() && a.others.join() === b.others.join()

/** Everything must not be pinned: no deny entry would count any more. */
const checkPinned = (value: unknown): PinnedAddress => {
  const { prefix: given, why } = (value ?? {}) as Record<string, unknown>
  const prefix = checkPrefix(given)
  if (typeof why !== 'string' || why.length > MAX_WHY)
    throw new ArgumentError(`why ${prefix} is pinned must be a text of up to ${MAX_WHY}`)
  return { prefix, why }
}

/** Canonical text. */
const checkPrefix = (value: unknown): string => {
  if (typeof value !== 'string') throw new ArgumentError('a pinned prefix must be a text')
  const shown = value.slice(0, 80)
  const bytes = new Uint8Array(PREFIX_BYTES)
  const problem = encodePrefix(value, bytes, 0)
  if (problem !== undefined) throw new ArgumentError(`${shown}: ${problem}`)
  const text = formatPrefix(bytes, 0)
  if (text.endsWith('/0')) throw new ArgumentError(`${shown}: it holds every address`)
  return text
}

const pinOf = (text: string): InForce => {
  const bytes = new Uint8Array(PREFIX_BYTES)
  encodePrefix(text, bytes, 0)
  const [length, addr] = [bytes[0]!, bytes.slice(4)]
  return { bytes, length, addr, holds: prefixTest({ length, addr }) }
}

const viewOf = ({ addr }: Pin): DataView => new DataView(addr.buffer, addr.byteOffset, 16)

const joined = (some: readonly { bytes: Uint8Array }[]): Uint8Array => {
  const all = new Uint8Array(some.length * PREFIX_BYTES)
  some.forEach(({ bytes }, i) => all.set(bytes, i * PREFIX_BYTES))
  return all
}
