/** Which prefixes hold addresses that the programs of a machine reach each other by, this page among them. */
import { parsePrefix } from '@netscope/core/prefix.ts'
import type { Prefix } from '@netscope/core/prefix.ts'
import { prefixesOverlap } from '@netscope/core/query/prefix-test.ts'

const LOOPBACK = ['127.0.0.0/8', '::1'].map(parsePrefix)

export const holdsLoopback = (prefix: Prefix): boolean =>
  LOOPBACK.some((loopback) => prefixesOverlap(loopback, prefix))
