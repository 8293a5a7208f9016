/** The server's status and traffic answers. */
import type { Status } from '@netscope/core/status.ts'
import { request } from './request.ts'

export type { Coverage, InterfaceStatus, Status } from '@netscope/core/status.ts'

/** Before an agent has ever connected only the server's own two fields are known. */
export type StatusAnswer = Partial<Status> & { agentConnected: boolean; serverVersion: string }

export interface TrafficPoint {
  timeMs: number
  rxBytes: number
  txBytes: number
  rxPackets: number
  txPackets: number
  droppedPackets: number
}

export const fetchTraffic = () => request<{ points: TrafficPoint[] }>('/api/v1/traffic')
