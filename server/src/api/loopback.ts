/** Which prefixes hold addresses that the programs of a machine reach each other by, this page among them. */
import { parsePrefix } from '@netscope/core/prefix.ts'
import type { Prefix } from '@netscope/core/prefix.ts'
import { prefixTest } from '@netscope/core/query/prefix-test.ts'

const LOOPBACK = ['127.0.0.0/8', '::1'].map(parsePrefix)

/** Whether some address is in both. */
const overlap = (a: Prefix, b: Prefix): boolean => {
  const [wide, narrow] = a.length <= b.length ? [a, b] : [b, a]
  return prefixTest(wide)(new DataView(narrow.addr.buffer, narrow.addr.byteOffset, 16), 0)
}

export const holdsLoopback = (prefix: Prefix): boolean =>
  LOOPBACK.some((loopback) => overlap(loopback, prefix))
