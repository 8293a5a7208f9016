/** The filters of a command line: what a flow must be, and what of it the server can look for. */
import { parsePrefix, type Prefix } from '@netscope/core/prefix.ts'
import { addressTest } from './address-test.ts'
import { equals, parseCondition, type Condition, type FlowTest } from './condition.ts'
import type { FlowRow } from './field.ts'
import { pushCondition, pushWords, type Pushed } from './push-down.ts'

/** A filter as it was typed. */
export interface GivenFilter {
  /** Name of the option without dashes, `where` for those written out. */
  option: string
  text: string
  /** It came after --not. */
  negated: boolean
}

export interface Filter {
  test: FlowTest
  /** Parameters of GET /api/v1/flows: the server leaves out what these exclude, `test` is still to be asked. */
  query: Readonly<Record<string, string>>
}

type Side = 'src' | 'dst'

const SIDE_OF: Readonly<Record<string, Side>> = { from: 'src', to: 'dst' }

const prefixOf = (text: string): Prefix | undefined => {
  try {
    return parsePrefix(text)
  } catch {
    return undefined
  }
}

/** What a side is called: names, process, container, systemd unit. */
const labelsOf = (flow: FlowRow, side: Side): string[] =>
  side === 'src'
    ? [flow.srcName, flow.srcProcess, flow.srcContainer, flow.srcUnit]
    : [flow.dstName, flow.dstProcess, flow.dstContainer, flow.dstUnit, flow.sni, flow.httpHost]

/** Text with `*` for any characters; case does not count. */
const glob = (text: string): RegExp => {
  const parts = text.split(/\*+/).map((part) => RegExp.escape(part))
  return new RegExp(`^${parts.join('.*')}$`, 'is')
}

/** A container also by its id alone, of which the first 12 characters are known. */
const SHORT_ID = /^[0-9a-f]{12,64}$/i

const sideTest = (side: Side, text: string): FlowTest => {
  const prefix = prefixOf(text)
  if (prefix) {
    const inside = addressTest(prefix)
    return (flow) => inside(flow[side])
  }
  const pattern = glob(SHORT_ID.test(text) ? `*:${text.slice(0, 12)}` : text)
  return (flow) => labelsOf(flow, side).some((label) => label !== '' && pattern.test(label))
}

/** The condition of each short option; `process` takes a process id too. */
const short = ({ option, text }: GivenFilter, nowMs: number): Condition => {
  const field = option === 'process' && /^\d+$/.test(text) ? 'pid' : option
  return equals(field, text, `--${option}`, nowMs)
}

interface Part {
  test: FlowTest
  pushed?: Pushed | undefined
}

const sidePart = (side: Side, text: string): Part => {
  const prefix = prefixOf(text)
  return { test: sideTest(side, text), pushed: prefix ? [side, prefix.text] : pushWords(text) }
}

const partOf = (given: GivenFilter, nowMs: number): Part => {
  const side = SIDE_OF[given.option]
  if (side) return sidePart(side, given.text)
  const condition =
    given.option === 'where' ? parseCondition(given.text, nowMs) : short(given, nowMs)
  return { test: condition.test, pushed: pushCondition(condition) }
}

const groupBy = (given: readonly GivenFilter[]): GivenFilter[][] => {
  const groups = new Map<string, GivenFilter[]>()
  for (const [index, one] of given.entries()) {
    // Conditions that are written out must all hold; of the same short option one is enough.
    const key = one.option === 'where' || one.negated ? `#${index}` : one.option
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()]
}

/** Throws `filter.invalid`. `nowMs` is what times such as 5m count back from. */
export const createFilter = (given: readonly GivenFilter[], nowMs: number): Filter => {
  const tests: FlowTest[] = []
  const query: Record<string, string> = {}
  for (const group of groupBy(given)) {
    const parts = group.map((one) => partOf(one, nowMs))
    const [first] = parts
    if (group[0]?.negated) tests.push((flow) => !parts.some(({ test }) => test(flow)))
    else tests.push((flow) => parts.some(({ test }) => test(flow)))
    if (parts.length === 1 && first?.pushed && !group[0]?.negated) {
      const [name, value] = first.pushed
      query[name] ??= value
    }
  }
  return { test: (flow) => tests.every((test) => test(flow)), query }
}
