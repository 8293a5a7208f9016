/** The payload of a `spooled` frame. */
import { RECORD_BYTES } from '@netscope/core/flow-record.ts'
import type { FlowContext } from '@netscope/core/flow-record.ts'
import { SPOOLED_HEADER_BYTES } from '@netscope/core/wire.ts'
import { recordProblem } from './batch.ts'
import { parseSpooledNames } from './messages.ts'
import { namedContext } from './named-context.ts'

/** Records of ended flows with all that they need to be understood, of slots that may hold other flows by now. */
export interface WholeBatch {
  epoch: number
  seq: number
  /** RECORD_BYTES each; valid during the call only. */
  records: Buffer
  context: FlowContext
}

/** Any slot will do: the table that it was in may be gone. */
const ANY_SLOT = 2 ** 32

/** Opens the payload in place, or says what is wrong with it. */
export const openSpooledBatch = (agent: string, payload: Uint8Array): WholeBatch | string => {
  if (payload.length < SPOOLED_HEADER_BYTES) return `${payload.length} bytes are no spooled batch`
  const head = new DataView(payload.buffer, payload.byteOffset, SPOOLED_HEADER_BYTES)
  const namesBytes = head.getUint32(0, true)
  const epoch = head.getFloat64(8, true)
  const recordsAt = SPOOLED_HEADER_BYTES + namesBytes
  const length = payload.length - recordsAt
  if (length < 0 || length % RECORD_BYTES !== 0)
    return `${payload.length} bytes are no spooled batch with ${namesBytes} bytes of names`
  if (!Number.isSafeInteger(epoch) || epoch < 0) return `a spooled batch of epoch ${epoch}`
  const names = parseSpooledNames(payload.subarray(SPOOLED_HEADER_BYTES, recordsAt))
  if ('problem' in names) return names.problem
  const records = Buffer.from(payload.buffer, payload.byteOffset + recordsAt, length)
  const problem = recordsProblem(records)
  if (problem !== undefined) return problem
  const context = namedContext(agent, names.value)
  return { epoch, seq: head.getUint32(4, true), records, context }
}

const recordsProblem = (records: Buffer): string | undefined => {
  const view = new DataView(records.buffer, records.byteOffset, records.length)
  for (let at = 0; at < records.length; at += RECORD_BYTES) {
    const problem = recordProblem(view, at, ANY_SLOT)
    if (problem !== undefined) return problem
    if (view.getUint32(at + 4, true) === 0) return 'a spooled record of a flow that has not ended'
  }
  return undefined
}
