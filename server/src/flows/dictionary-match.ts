/** Tests of what a record says by ids of the dictionary: each id is judged once, not each record. */
import { ENRICHMENT } from '@netscope/core/enrichment.ts'
import type { FlowContext, FlowReader } from '@netscope/core/flow-record.ts'
import type { ProcessInfo } from '@netscope/core/process.ts'

type IdTest = (context: FlowContext, id: number) => boolean

/** A stream's test lives as long as the stream, while ids count up. */
const MAX_JUDGED = 131_072

/** What is not known (yet) is not remembered. Every run of an agent has a `look` of its own, and ids of its own. */
const judgeOnce = <T>(
  look: (context: FlowContext) => (id: number) => T | undefined,
  test: (value: T) => boolean,
): IdTest => {
  const runs = new WeakMap<(id: number) => T | undefined, Map<number, boolean>>()
  let last: ((id: number) => T | undefined) | undefined
  let judged = new Map<number, boolean>()

  const turnTo = (lookUp: (id: number) => T | undefined): void => {
    judged = runs.get(lookUp) ?? new Map<number, boolean>()
    runs.set(lookUp, judged)
    last = lookUp
  }

  return (context, id) => {
    if (id === 0) return false
    const lookUp = look(context)
    if (lookUp !== last) turnTo(lookUp)
    const before = judged.get(id)
    if (before !== undefined) return before
    const value = lookUp(id)
    if (value === undefined || value === '') return false
    if (judged.size >= MAX_JUDGED) judged.clear()
    const result = test(value)
    judged.set(id, result)
    return result
  }
}

/** Whether `has` holds for a host name of either side, the server name of TLS or the HTTP host. */
export const nameTest = (has: (name: string) => boolean): ((r: FlowReader) => boolean) => {
  const judge = judgeOnce(
    ({ text }) => text,
    (name) => has(name),
  )
  return (r) =>
    judge(r.context, r.extra32(ENRICHMENT.name)) ||
    judge(r.context, r.extra32(ENRICHMENT.name + 4)) ||
    judge(r.context, r.extra32(ENRICHMENT.sni)) ||
    judge(r.context, r.extra32(ENRICHMENT.httpHost))
}

/** Whether `has` holds for the owner of either side's socket. */
export const processTest = (has: (process: ProcessInfo) => boolean) => {
  const judge = judgeOnce(({ process }) => process, has)
  return (r: FlowReader): boolean =>
    judge(r.context, r.extra32(ENRICHMENT.process)) ||
    judge(r.context, r.extra32(ENRICHMENT.process + 4))
}

/** Texts by which a container is found: `runtime:id` and its name. */
export const containerTexts = ({ container }: ProcessInfo): string[] =>
  container ? [`${container.runtime}:${container.id}`, container.name ?? ''] : []
