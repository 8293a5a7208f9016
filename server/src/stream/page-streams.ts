/** What the page is fed with each second: the flows that it shows, and the status. */
import type { Logger } from 'pino'
import type { Agents } from '../agents.ts'
import { findFlows } from '../api/flow-routes.ts'
import type { FlowsRequest } from '../api/flow-routes.ts'
import { statusBody } from '../api/status-routes.ts'
import type { Flows } from '../flows/flows.ts'
import type { Geo } from '../geo/geo.ts'
import { createSharedStream } from './shared-stream.ts'
import type { SharedStream } from './shared-stream.ts'

export interface PageStreams {
  flowStream: SharedStream<FlowsRequest>
  statusStream: SharedStream<undefined>
}

export interface PageStreamsDeps {
  flows: Flows
  geo: Geo
  agents: Agents
  version: string
  log: Logger
}

export const createPageStreams = (deps: PageStreamsDeps): PageStreams => {
  const { flows, geo, agents, version, log } = deps
  const onError = (err: unknown) => log.error({ err }, 'a stream could not be fed')
  return {
    flowStream: createSharedStream<FlowsRequest>(
      'flows',
      async (request) => JSON.stringify(await findFlows(flows, geo, request)),
      onError,
    ),
    statusStream: createSharedStream<undefined>(
      'status',
      async () => JSON.stringify(statusBody(agents, version)),
      onError,
    ),
  }
}
