/** The server's status and traffic answers. */
import type { Status } from '@netscope/core/status.ts'
import { api, type Schemas } from './api.ts'

export type { Coverage, InterfaceStatus, Status } from '@netscope/core/status.ts'

/** Before an agent has ever connected only the server's own two fields are known. */
export interface StatusAnswer extends Partial<Status> {
  agentConnected: boolean
  serverVersion: string
  agents?: { name: string; hostname: string; source: string; connected: boolean }[]
}

export type TrafficPoint = Schemas['TrafficPoint']

export const fetchTraffic = () => api.call('getTraffic')
