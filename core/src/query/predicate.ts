/** A query as a test of records: reads what it asks for where it stands, and nothing else. */
import type { Prefix } from '../prefix.ts'
import { foldCase } from './fold-case.ts'
import { matchesParts } from './pattern.ts'
import type { Comparison, Query, QueryNode, QueryTime, ValueTest } from './query.ts'
import type { QueryField } from './query-field.ts'

export type RecordTest<R> = (record: R) => boolean

/** How fields of one kind of record are read. */
export interface RecordAccess<R> {
  text(field: string): (record: R) => string
  /** Times in microseconds since 1970, NaN where it is not known. */
  number(field: string): (record: R) => number
  inside(field: string, prefix: Prefix): RecordTest<R>
}

/** Milliseconds since 1970, asked for at each record that is compared with a time before now. */
export type Now = () => number

/** The moment that is meant, in microseconds since 1970. */
export const momentUs = (time: QueryTime, nowMs: number): number =>
  'us' in time ? time.us : Math.round(nowMs * 1000) - time.agoUs

const compare = (operator: Comparison, wanted: number): ((value: number) => boolean) => {
  if (operator === '>') return (value) => value > wanted
  if (operator === '>=') return (value) => value >= wanted
  if (operator === '<') return (value) => value < wanted
  if (operator === '<=') return (value) => value <= wanted
  return (value) => value === wanted
}

const compareTime = (operator: Comparison, time: QueryTime, now: Now) => {
  if ('us' in time) return compare(operator, time.us)
  if (operator === '=') return (value: number) => value === momentUs(time, now())
  if (operator === '>') return (value: number) => value > momentUs(time, now())
  if (operator === '>=') return (value: number) => value >= momentUs(time, now())
  if (operator === '<') return (value: number) => value < momentUs(time, now())
  return (value: number) => value <= momentUs(time, now())
}

type NumberTest = (value: number) => boolean

/** undefined: it is about texts or addresses. */
const numberTest = (test: ValueTest, now: Now): NumberTest | undefined => {
  if (test.kind === 'number') return compare(test.operator, test.value)
  if (test.kind === 'time') return compareTime(test.operator, test.time, now)
  if (test.kind === 'bits') return (value) => (value & test.bits) === test.bits
  if (test.kind === 'numbers') {
    const values = new Set(test.values)
    return (value) => values.has(value)
  }
  if (test.kind === 'times')
    return (value) => test.times.some((time) => value === momentUs(time, now()))
  return undefined
}

/**
 * Of names there are few, and of flows many: each text is looked through once. So many texts are remembered by all tests
 * of a query together; a command line has at most 512 characters.
 */
const MAX_JUDGED = 8192

const judgeOnce = (test: (text: string) => boolean, most: number): ((text: string) => boolean) => {
  const judged = new Map<string, boolean>()
  return (text) => {
    const before = judged.get(text)
    if (before !== undefined) return before
    if (judged.size >= most) judged.clear()
    const result = test(text)
    judged.set(text, result)
    return result
  }
}

/** What the test says of a text; undefined: it is about numbers or addresses. */
export const textTest = (test: ValueTest): ((text: string) => boolean) | undefined => {
  if (test.kind === 'patterns') {
    const { patterns } = test
    return (text) => {
      const folded = foldCase(text)
      return patterns.some((parts) => matchesParts(folded, parts))
    }
  }
  if (test.kind !== 'texts') return undefined
  const [only] = test.texts
  if (test.texts.length === 1) return (text) => text === only
  const texts = new Set(test.texts)
  return (text) => texts.has(text)
}

/** What the test says of a value that is not known: '', 0 or no time. */
export const holdsOfUnknown = (test: ValueTest): boolean => {
  if (test.kind === 'time' || test.kind === 'times') return false
  return numberTest(test, () => 0)?.(0) ?? textTest(test)?.('') ?? false
}

const anyOf = <R>(tests: readonly RecordTest<R>[]): RecordTest<R> => {
  const [first, second] = tests
  if (!first) return () => false
  if (!second) return first
  if (tests.length === 2) return (record) => first(record) || second(record)
  return (record) => {
    for (const test of tests) if (test(record)) return true
    return false
  }
}

const allOf = <R>(tests: readonly RecordTest<R>[]): RecordTest<R> => {
  const [first, second] = tests
  if (!first) return () => true
  if (!second) return first
  if (tests.length === 2) return (record) => first(record) && second(record)
  return (record) => {
    for (const test of tests) if (!test(record)) return false
    return true
  }
}

const numberReader = <R>({ of, combine }: QueryField, access: RecordAccess<R>) => {
  const reads = of.map((name) => access.number(name))
  if (combine === 'any') return reads
  const [a, b] = reads
  return a && b && reads.length === 2 ? [(record: R) => a(record) + b(record)] : []
}

interface Making<R> {
  access: RecordAccess<R>
  now: Now
  /** Texts that each test may remember. */
  mostJudged: number
}

const leafTest = <R>(
  field: QueryField,
  test: ValueTest,
  { access, now, mostJudged }: Making<R>,
): RecordTest<R> => {
  const ofNumber = numberTest(test, now)
  if (ofNumber)
    return anyOf(numberReader(field, access).map((read) => (record: R) => ofNumber(read(record))))
  const ofText = textTest(test)
  if (ofText) {
    const isDear = test.kind === 'patterns' && field.type !== 'id'
    const judge = isDear ? judgeOnce(ofText, mostJudged) : ofText
    return anyOf(
      field.of.map((name) => {
        const read = access.text(name)
        return (record: R) => judge(read(record))
      }),
    )
  }
  const prefixes = test.kind === 'prefixes' ? test.prefixes : []
  return anyOf(field.of.flatMap((name) => prefixes.map((prefix) => access.inside(name, prefix))))
}

/** Numbers stand in the record, texts elsewhere; what is dear is asked last. */
const costOf = (node: QueryNode): number => {
  if (node.is === 'not') return costOf(node.part)
  if (node.is !== 'test') return node.parts.reduce((sum, part) => sum + costOf(part), 0)
  const { kind } = node.test
  const each = kind === 'patterns' ? 8 : kind === 'texts' ? 4 : kind.startsWith('time') ? 3 : 1
  return each * node.field.of.length
}

const nodeTest = <R>(node: QueryNode, making: Making<R>): RecordTest<R> => {
  if (node.is === 'test') return leafTest(node.field, node.test, making)
  if (node.is === 'not') {
    const test = nodeTest(node.part, making)
    return (record) => !test(record)
  }
  const parts = node.parts.toSorted((a, b) => costOf(a) - costOf(b))
  const tests = parts.map((part) => nodeTest(part, making))
  return node.is === 'and' ? allOf(tests) : anyOf(tests)
}

const countTests = (node: QueryNode): number => {
  if (node.is === 'test') return 1
  if (node.is === 'not') return countTests(node.part)
  return node.parts.reduce((sum, part) => sum + countTests(part), 0)
}

/** Whether the query holds for a record that is read by `access`. */
export const predicateBy = <R>(
  { root }: Query,
  access: RecordAccess<R>,
  now: Now,
): RecordTest<R> => {
  const mostJudged = Math.ceil(MAX_JUDGED / Math.max(1, countTests(root)))
  return nodeTest(root, { access, now, mostJudged })
}
