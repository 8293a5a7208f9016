/** The server's status and traffic answers. */
import type { Status } from '@netscope/core/status.ts'
import { request } from './request.ts'

export type { Coverage, InterfaceStatus, Status } from '@netscope/core/status.ts'

/** Before an agent has ever connected only the server's own two fields are known. */
export interface StatusAnswer extends Partial<Status> {
  agentConnected: boolean
  serverVersion: string
  agents?: { name: string; hostname: string; source: string; connected: boolean }[]
}

export interface TrafficPoint {
  timeMs: number
  rxBytes: number
  txBytes: number
  rxPackets: number
  txPackets: number
  droppedPackets: number
}

export const fetchTraffic = () => request<{ points: TrafficPoint[] }>('/api/v1/traffic')
