/** What each agent has found out about its machine: the probe of `netscope doctor`. */
import type { Diagnosis } from '@netscope/core/diagnosis.ts'
import { request } from './request.ts'

export interface AgentDiagnosis {
  agent: string
  /** Absent until the agent has told it. */
  diagnosis?: Diagnosis
}

export const fetchDiagnosis = () => request<{ agents: AgentDiagnosis[] }>('/api/v1/diagnosis')
