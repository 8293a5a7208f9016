/** Made-up IPv4 prefixes for the lists: seeded, none inside another, none that the benchmarks send from. */
import { formatPrefix } from '@netscope/core/prefix.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import { createRandom } from '@netscope/agent/mock/random.ts'

/** First bytes of addresses that packets of the benchmarks and the machine itself use. */
const LEFT_OUT = new Set([0, 10, 127, 172, 192, 198])
const LENGTHS = [24, 24, 25, 27, 28, 30, 32, 32, 32, 32] as const
const IPV4_BITS = 96

/** `count` prefixes of 24 to 32 bits, PREFIX_BYTES each; at most 12 million. */
export const makePrefixes = (count: number, seed = 1): Uint8Array => {
  const random = createRandom(seed)
  const bytes = new Uint8Array(count * PREFIX_BYTES)
  const view = new DataView(bytes.buffer)
  const taken = new Uint8Array(1 << 24)
  for (let at = 0; at < bytes.length;) {
    const network = random.int(1 << 16, (224 << 16) - 1)
    if (taken[network] || LEFT_OUT.has(network >> 16)) continue
    taken[network] = 1
    const length = random.pick(LENGTHS)
    const host = Math.floor(random.next() * 256) & (0xff00 >> (length - 24))
    view.setUint32(at, IPV4_BITS + length, true)
    view.setUint16(at + 14, 0xffff)
    view.setUint32(at + 16, network * 256 + host)
    at += PREFIX_BYTES
  }
  return bytes
}

/** As text, one per entry. */
export const prefixTexts = (prefixes: Uint8Array): string[] =>
  Array.from({ length: prefixes.length / PREFIX_BYTES }, (_, i) =>
    formatPrefix(prefixes, i * PREFIX_BYTES),
  )
