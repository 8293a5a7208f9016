/** What the agents have found out about their machines. */
import { api, type Schemas } from './api.ts'

/** `diagnosis` is absent until the agent has told it. */
export type AgentDiagnosis = Schemas['Diagnoses']['agents'][number]

export const fetchDiagnosis = () => api.call('getDiagnosis')
