/** Puts names on flows: into a slot's enrichment what its client said, or what the client calls the other side. */
import { formatAddress } from '@netscope/core/address.ts'
import { ENRICHMENT } from '@netscope/core/enrichment.ts'
import { KEY, SLOT, SLOT_BYTES } from '@netscope/core/slot.ts'
import type { Dictionary } from '../enrich/dictionary.ts'
import type { FlowMemory } from '../flows/flow-memory.ts'
import { ENRICHMENT_WORDS, KEY_AT, KEY_WORDS, WORDS } from '../flows/slot-words.ts'
import type { ClientNames } from './client-names.ts'
import type { NamesCache } from './names-cache.ts'

export interface FlowNamesDeps {
  memory: FlowMemory
  /** Slots below have been in use. */
  handedOut(): number
  dictionary: Pick<Dictionary, 'text'>
  /** By what clients asked for. */
  names: Pick<NamesCache, 'find'>
  /** By what devices call themselves. */
  devices: { find(address: string, nowMs: number): string | undefined }
  /** Clock of the names. */
  nowMs(): number
}

export interface FlowNames {
  /** Writes what the client of this flow said, if the slot still holds the flow. */
  write(slot: number, key: Uint32Array, names: ClientNames): void
  /** The slot is about to be reported. */
  refresh(slot: number): void
  /** The slot gets another flow. */
  forget(slot: number): void
}

const NAME = ENRICHMENT.name / 4
const NEVER_AGAIN = 255

export const createFlowNames = (deps: FlowNamesDeps): FlowNames => {
  const { memory, dictionary, names, devices } = deps
  const { slots, enrichment } = memory
  const view = new DataView(slots.buffer, slots.byteOffset, slots.byteLength)
  /** Reports so far: names are looked for in the first, second, fourth … one. */
  const reports = new Uint8Array(memory.capacity)

  const holds = (slot: number, key: Uint32Array): boolean => {
    if (slot >= memory.capacity || slot >= deps.handedOut()) return false
    const at = slot * WORDS + KEY_AT
    for (let i = 0; i < KEY_WORDS; i++) if (slots[at + i] !== key[i]) return false
    return true
  }

  const put = (slot: number, offset: number, text: string | undefined): void => {
    if (text !== undefined) enrichment[slot * ENRICHMENT_WORDS + offset / 4] = dictionary.text(text)
  }

  const lookUp = (slot: number): void => {
    const at = slot * SLOT_BYTES
    const client = view.getUint8(at + SLOT.client) === 0 ? 0 : 1
    const address = (side: number) =>
      formatAddress(view, at + SLOT.key + (side === 0 ? KEY.loAddr : KEY.hiAddr))
    const [from, to, nowMs] = [address(client), address(1 - client), deps.nowMs()]
    const asked = names.find(from, to, nowMs) ?? devices.find(to, nowMs)
    put(slot, ENRICHMENT.name + 4 * (1 - client), asked)
    put(slot, ENRICHMENT.name + 4 * client, devices.find(from, nowMs))
  }

  return {
    write(slot, key, found) {
      if (!holds(slot, key)) return
      put(slot, ENRICHMENT.sni, found.sni)
      put(slot, ENRICHMENT.ja4, found.ja4)
      put(slot, ENRICHMENT.httpHost, found.httpHost)
    },
    refresh(slot) {
      const words = slot * ENRICHMENT_WORDS + NAME
      if (enrichment[words]! > 0 && enrichment[words + 1]! > 0) return
      const count = reports[slot]!
      if (count === NEVER_AGAIN) return
      reports[slot] = count + 1
      if ((count & (count + 1)) === 0) lookUp(slot)
    },
    forget(slot) {
      reports[slot] = 0
    },
  }
}
