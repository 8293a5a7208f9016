/** POST /api/v1/flows/batch: flows that programs of others have seen. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { Compile } from 'typebox/schema'
import type { ReportedFlows } from '../../ingest/reported-flows.ts'
import type { App } from '../app-types.ts'
import { operation } from '../operation.ts'
import { createBatchAnswers } from './batch-answers.ts'
import { batchAnswer, batchFrame, flowBatch } from './flow-report.ts'
import type { BatchAnswer, BatchFrame } from './flow-report.ts'
import { recordsOf } from './report-records.ts'

const REPORT_FLOWS = operation({
  operationId: 'reportFlows',
  tags: ['flows'],
  summary: 'Takes in flows that another program has seen, under the name of an agent of its own.',
  description:
    'Flows that do not fit are named in `rejected`; the others are durable once the answer is there. They appear as ended flows.',
  body: flowBatch,
  response: { 200: batchAnswer },
})

const frame = Compile(batchFrame)

export interface BatchRouteDeps {
  reportedFlows: ReportedFlows
  /** Longest body, bytes. */
  batchBytes: number
  /** Milliseconds since 1970. */
  wallClock(): number
}

export const addBatchRoutes = (app: App, deps: BatchRouteDeps): void => {
  const { reportedFlows, batchBytes, wallClock } = deps
  const answers = createBatchAnswers()

  const take = async ({ agent_id: agent, flows }: BatchFrame): Promise<BatchAnswer> => {
    const firstSlot = reportedFlows.nextSlot(agent)
    const made = await recordsOf(flows, { nowMs: wallClock(), firstSlot })
    await reportedFlows.take(agent, made.records, made.names)
    return { accepted: made.accepted, rejected: made.rejected }
  }

  app.post(
    '/api/v1/flows/batch',
    {
      schema: REPORT_FLOWS,
      bodyLimit: batchBytes,
      // Each flow is judged for itself, below.
      validatorCompiler: () => (value: unknown) => ({ value }),
    },
    async ({ body, principal }) => {
      const batch = readFrame(body)
      if (batch.batch_id === undefined) return take(batch)
      const key = JSON.stringify([principal.kind, principal.id, batch.agent_id, batch.batch_id])
      return answers.once(key, () => take(batch))
    },
  )
}

/** The batch but for its flows; throws `request.invalid`. */
const readFrame = (body: unknown): BatchFrame => {
  if (frame.Check(body)) return body
  const [, errors] = frame.Errors(body)
  const { instancePath = '', message = 'it does not have the form of a batch' } = errors[0] ?? {}
  const place = instancePath === '' ? 'the body' : `"${instancePath.slice(1, 80)}" in the body`
  throw new NetscopeError('request.invalid', { reason: `${place}: ${message}.` })
}
