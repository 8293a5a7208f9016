/** Which addresses are devices' and not the internet's: private ranges, and subnets that the network itself told. */
import { encodePrefix, parsePrefix } from './prefix.ts'
import type { Prefix } from './prefix.ts'
import { PREFIX_BYTES } from './slot.ts'
import { prefixTest } from './query/prefix-test.ts'
import type { AddressTest } from './query/prefix-test.ts'

/** More are not learned: what an address lies in is asked for every flow record. */
const MAX_SUBNETS = 64
/** Shorter ones would make half the internet ours: a rogue server of addresses could announce them. */
const SHORTEST = { v4: 16, v6: 48 }

export interface LocalNetworks {
  /** Whether the 16 bytes at `at` are an address of a local network; never a group's or the host's own loopback. */
  isLocal(view: DataView, at: number): boolean
  isLocalText(address: string): boolean
  /** Learns that addresses under the first `length` bits of `address` are here. */
  add(address: string, length: number): void
  /** Canonical texts. */
  subnets(): string[]
}

/** `known`: networks that people named. */
export const createLocalNetworks = (known: readonly Prefix[] = []): LocalNetworks => {
  const learned = new Map<string, AddressTest>()
  const tests: AddressTest[] = known.map(prefixTest)
  const scratch = new Uint8Array(PREFIX_BYTES)
  const scratchView = new DataView(scratch.buffer)

  const isLocal: AddressTest = (view, at) =>
    isPrivate(view, at) || tests.some((holds) => holds(view, at))

  return {
    isLocal,
    isLocalText(address) {
      if (encodePrefix(address, scratch, 0) !== undefined || scratch[0] !== 128) return false
      return isLocal(scratchView, 4)
    },
    add(address, length) {
      const isV6 = address.includes(':')
      if (length < (isV6 ? SHORTEST.v6 : SHORTEST.v4) || learned.size >= MAX_SUBNETS) return
      const problem = encodePrefix(`${address}/${length}`, scratch, 0)
      if (problem !== undefined || !isUnicast(scratchView, 4)) return
      const prefix = parsePrefix(`${address}/${length}`)
      if (learned.has(prefix.text)) return
      const holds = prefixTest(prefix)
      learned.set(prefix.text, holds)
      tests.push(holds)
    },
    subnets: () => [...learned.keys()],
  }
}

const isV4 = (view: DataView, at: number): boolean =>
  view.getUint32(at) === 0 && view.getUint32(at + 4) === 0 && view.getUint32(at + 8) === 0xffff

/** RFC 1918, RFC 3927; RFC 4193, RFC 4291 section 2.5.6. */
const isPrivate = (view: DataView, at: number): boolean => {
  if (!isV4(view, at)) {
    const first = view.getUint32(at)
    return first >>> 22 === 0x3fa || first >>> 25 === 0x7e
  }
  const address = view.getUint32(at + 12)
  if (address === 0xffffffff) return false
  return (
    address >>> 24 === 10 ||
    address >>> 20 === 0xac1 ||
    address >>> 16 === 0xc0a8 ||
    address >>> 16 === 0xa9fe
  )
}

/** Neither multicast nor loopback nor unspecified. */
export const isUnicast = (view: DataView, at: number): boolean => {
  if (!isV4(view, at)) return view.getUint8(at) !== 0xff && view.getUint32(at) !== 0
  const first = view.getUint8(at + 12)
  return first !== 0 && first !== 127 && first < 224
}
