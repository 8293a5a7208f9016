/** Alerts over HTTP, and what people say of them. */
import type { AnswerOf, BodyOf } from '@netscope/core/api/client.ts'
import { api, type Schemas } from './api.ts'

export type Alert = Schemas['Alert']
export type Incident = Schemas['Incident']
export type Suppression = Schemas['Suppression']
export type FalsePositiveMark = Schemas['FalsePositiveMark']
export type AlertPage = AnswerOf<'listAlerts'>

/** Empty values are left out. */
export const fetchAlerts = (query: Readonly<Record<string, string>>) =>
  api.call('listAlerts', {
    query: Object.fromEntries(Object.entries(query).filter(([, value]) => value !== '')),
  })

export const fetchAlert = (id: string) => api.call('getAlert', { path: { id } })

export const markFalsePositive = (id: string, reason: string) =>
  api.call('markFalsePositive', { path: { id }, body: { reason } })

export const unmarkFalsePositive = (id: string) => api.call('unmarkFalsePositive', { path: { id } })

export const addSuppression = (filter: string, reason: string, expiresInSeconds: number) =>
  api.call('addSuppression', { body: { filter, reason, expiresInSeconds } })

export const acknowledgeAlert = (id: string, reason: string) =>
  api.call('acknowledgeAlert', { path: { id }, body: { reason } })

export const changeAlert = (id: string, body: BodyOf<'changeAlert'>) =>
  api.call('changeAlert', { path: { id }, body })

/** The oldest first. */
export const fetchHistory = (id: string) => api.call('getAlertHistory', { path: { id } })

export const fetchRelated = (id: string) => api.call('listRelatedAlerts', { path: { id } })

/** What was seen last first. */
export const fetchIncidents = () => api.call('listIncidents', { query: { limit: 200 } })

export const fetchIncident = (id: string) => api.call('getIncident', { path: { id } })

export const fetchSuppressions = () => api.call('listSuppressions', {})

export const removeSuppression = (id: string) => api.call('removeSuppression', { path: { id } })

export const fetchFalsePositives = () => api.call('listFalsePositives', {})
