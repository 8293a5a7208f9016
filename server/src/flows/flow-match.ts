/** Tests of a flow record against what a query asks for, on the record's bytes. */
import { formatAddress } from '@netscope/core/address.ts'
import { FLOW_FIELDS } from '@netscope/core/flow.ts'
import type { FlowReader } from '@netscope/core/flow-record.ts'
import type { Prefix } from '@netscope/core/prefix.ts'
import { protocolName } from '@netscope/core/protocol.ts'
import { prefixTest } from '@netscope/core/query/prefix-test.ts'
import { KEY, SLOT, VERDICTS } from '@netscope/core/slot.ts'
import type { Verdict } from '@netscope/core/slot.ts'
import { containerTexts, nameTest, processTest } from './dictionary-match.ts'

export type FlowTest = (reader: FlowReader) => boolean

/** All given ones must hold; `ip` and `port` mean either side. */
export interface FlowFilter {
  src?: Prefix
  dst?: Prefix
  ip?: Prefix
  srcPort?: number
  dstPort?: number
  port?: number
  /** IANA number */
  protocol?: number
  interface?: string
  verdict?: Verdict
  direction?: string
  /** Part of the command name of either side's process; any case, as in `container` and `name`. */
  process?: string
  /** Process id of either side. */
  pid?: number
  /** Name or number of the user of either side's process. */
  user?: string
  /** Part of `runtime:id` or of the name of either side's container. */
  container?: string
  /** Part of either side's host name, of the TLS server name or of the HTTP host. */
  name?: string
  /** Words that must all occur in what the flow table shows; any case. */
  q?: string
  /** A filter that is written out (core/src/query). */
  where?: FlowTest
}

export const createFlowTest = (filter: FlowFilter): FlowTest => {
  const tests = [
    ...cheapTests(filter),
    ...addressTests(filter),
    ...ownerTests(filter),
    ...textTests(filter),
    ...(filter.where ? [filter.where] : []),
  ]
  const [first, second] = tests
  if (!first) return () => true
  if (!second) return first
  return (reader) => tests.every((test) => test(reader))
}

const cheapTests = (filter: FlowFilter): FlowTest[] => {
  const { srcPort, dstPort, port, protocol } = filter
  const verdict = filter.verdict === undefined ? undefined : VERDICTS.indexOf(filter.verdict)
  const tests: FlowTest[] = []
  if (protocol !== undefined) tests.push((r) => r.view.getUint8(r.key + KEY.protocol) === protocol)
  if (verdict !== undefined) tests.push((r) => r.view.getUint8(r.slot + SLOT.verdict) === verdict)
  if (srcPort !== undefined) tests.push((r) => r.port('src') === srcPort)
  if (dstPort !== undefined) tests.push((r) => r.port('dst') === dstPort)
  if (port !== undefined)
    tests.push((r) => r.key16(KEY.loPort) === port || r.key16(KEY.hiPort) === port)
  return tests
}

const addressTests = ({ src, dst, ip }: FlowFilter): FlowTest[] => {
  const tests: FlowTest[] = []
  if (src) {
    const inside = prefixTest(src)
    tests.push((r) => inside(r.view, r.address('src')))
  }
  if (dst) {
    const inside = prefixTest(dst)
    tests.push((r) => inside(r.view, r.address('dst')))
  }
  if (ip) {
    const inside = prefixTest(ip)
    tests.push((r) => inside(r.view, r.key + KEY.loAddr) || inside(r.view, r.key + KEY.hiAddr))
  }
  return tests
}

const holds = (part: string) => {
  const lower = part.toLowerCase()
  return (text: string): boolean => text.toLowerCase().includes(lower)
}

const ownerTests = ({ process, pid, user, container, name }: FlowFilter): FlowTest[] => {
  const tests: FlowTest[] = []
  if (pid !== undefined) tests.push(processTest((of) => of.pid === pid))
  if (user !== undefined)
    tests.push(processTest((of) => of.user === user || String(of.uid) === user))
  if (process !== undefined) {
    const has = holds(process)
    tests.push(processTest(({ command }) => has(command)))
  }
  if (container !== undefined) {
    const has = holds(container)
    tests.push(processTest((of) => containerTexts(of).some(has)))
  }
  if (name !== undefined) tests.push(nameTest(holds(name)))
  return tests
}

const textTests = (filter: FlowFilter): FlowTest[] => {
  const tests: FlowTest[] = []
  const words = (filter.q ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const { direction } = filter
  const ofInterface = filter.interface
  if (direction !== undefined) tests.push((r) => FLOW_FIELDS.direction.read(r) === direction)
  if (ofInterface !== undefined) tests.push((r) => FLOW_FIELDS.interface.read(r) === ofInterface)
  for (const word of words) tests.push(wordTest(word))
  return tests
}

/** Looks where it costs least first: addresses are formatted only when nothing else has the word. */
const wordTest = (word: string): FlowTest => {
  const inName = nameTest(holds(word))
  const inOwner = processTest((of) =>
    [of.command, of.unit ?? '', ...containerTexts(of)].some(holds(word)),
  )
  const isShort = memoize((text) => text.toLowerCase().includes(word))
  const digits = /^\d{1,5}$/.test(word)
  const port = (r: FlowReader, at: number) => digits && String(r.key16(at)).includes(word)
  const address = (r: FlowReader, at: number) => formatAddress(r.view, r.key + at).includes(word)
  return (r) =>
    isShort(protocolName(r.view.getUint8(r.key + KEY.protocol))) ||
    isShort(FLOW_FIELDS.verdict.read(r)) ||
    isShort(FLOW_FIELDS.direction.read(r)) ||
    isShort(FLOW_FIELDS.interface.read(r)) ||
    inName(r) ||
    inOwner(r) ||
    port(r, KEY.loPort) ||
    port(r, KEY.hiPort) ||
    address(r, KEY.loAddr) ||
    address(r, KEY.hiAddr)
}

/** For texts of which there are few: names of protocols, interfaces and the like. */
const memoize = (test: (text: string) => boolean) => {
  const known = new Map<string, boolean>()
  return (text: string): boolean => {
    const before = known.get(text)
    if (before !== undefined) return before
    const result = test(text)
    known.set(text, result)
    return result
  }
}
