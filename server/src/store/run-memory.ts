/** Which names of an agent's run the thread of the history has been told, so that each is sent once. */
import { ENRICHMENT } from '@netscope/core/enrichment.ts'
import { FlowReader, RECORD_BYTES } from '@netscope/core/flow-record.ts'
import type { FlowContext } from '@netscope/core/flow-record.ts'
import { KEY } from '@netscope/core/slot.ts'
import type { FreshNames } from './store-message.ts'

/** Then everything is told anew, so that both sides forget what is no longer used. */
const MAX_TOLD = 131_072

const TEXTS = [
  ENRICHMENT.name,
  ENRICHMENT.name + 4,
  ENRICHMENT.sni,
  ENRICHMENT.ja4,
  ENRICHMENT.httpHost,
  ENRICHMENT.dropReason,
] as const
const PROCESSES = [ENRICHMENT.process, ENRICHMENT.process + 4] as const

export interface RunMemory {
  /** What the records need and was not told yet; from now on it was. */
  freshNames(records: Uint8Array, context: FlowContext): FreshNames
}

export const createRunMemory = (): RunMemory => {
  const told = new Set<number>()
  const interfaces = new Map<number, string>()
  /** Ids are of one run: with another dictionary they mean something else. */
  let lookUp: FlowContext['text'] | undefined

  const take = (reader: FlowReader, fresh: FreshNames): void => {
    const { context } = reader
    for (const offset of TEXTS) {
      const id = reader.extra32(offset)
      if (id === 0 || told.has(id)) continue
      const text = context.text(id)
      if (text === '') continue
      told.add(id)
      fresh.texts.push([id, text])
    }
    for (const offset of PROCESSES) {
      const id = reader.extra32(offset)
      if (id === 0 || told.has(id)) continue
      const process = context.process(id)
      if (!process) continue
      told.add(id)
      fresh.processes.push([id, process])
    }
    const ifindex = reader.view.getUint32(reader.key + KEY.ifindex, true)
    const name = context.interfaceName(ifindex)
    if (interfaces.get(ifindex) === name) return
    interfaces.set(ifindex, name)
    fresh.interfaces.push([ifindex, name])
  }

  return {
    freshNames(records, context) {
      const isNewRun = lookUp !== context.text || told.size + interfaces.size > MAX_TOLD
      if (isNewRun) {
        told.clear()
        interfaces.clear()
        lookUp = context.text
      }
      const fresh: FreshNames = { isNewRun, texts: [], processes: [], interfaces: [] }
      const reader = new FlowReader(records, context)
      for (let at = 0; at < records.length; at += RECORD_BYTES) take(reader.seek(at), fresh)
      return fresh
    },
  }
}
