/** Actions, policies and protected addresses over HTTP: docs/reference/response.md. */
import type { AnswerOf, BodyOf } from '@netscope/core/api/client.ts'
import { api, type Schemas } from './api.ts'

export type Action = Schemas['Action']
export type Policy = Schemas['Policy']
export type NewPolicy = BodyOf<'addPolicy'>
export type BlockPreview = Schemas['BlockPreview']
export type PolicyPreview = Schemas['PolicyPreview']
export type ProtectedAddress = AnswerOf<'listProtected'>['protected'][number]

/** The newest first. */
export const fetchActions = (query: { alert?: string; state?: string; inForce?: boolean } = {}) =>
  api.call('listActions', { query: { limit: 200, ...query } })
export const previewBlock = (ip: string) => api.call('previewBlock', { query: { ip } })
/** `seconds` 0: for good. */
export const blockAddress = (ip: string, reason: string, seconds: number, override = false) =>
  api.call('blockAddress', {
    body: {
      ...{ ip, reason },
      ...(seconds > 0 && { expiresInSeconds: seconds }),
      ...(override && { override }),
    },
  })
export const approveAction = (id: string) => api.call('approveAction', { path: { id }, body: {} })
export const rejectAction = (id: string) => api.call('rejectAction', { path: { id }, body: {} })
export const undoAction = (id: string) => api.call('undoAction', { path: { id }, body: {} })

export const fetchProtected = () => api.call('listProtected', {})

export const fetchPolicies = () => api.call('listPolicies', {})
export const addPolicy = (body: NewPolicy) => api.call('addPolicy', { body })
export const replacePolicy = (name: string, body: NewPolicy) =>
  api.call('replacePolicy', { path: { name }, body })
export const changePolicy = (name: string, body: BodyOf<'changePolicy'>) =>
  api.call('changePolicy', { path: { name }, body })
export const removePolicy = (name: string) => api.call('removePolicy', { path: { name } })
export const confirmPolicy = (name: string) => api.call('confirmPolicy', { path: { name } })
export const previewPolicy = (name: string) => api.call('previewPolicy', { path: { name } })
export const previewNewPolicy = (body: NewPolicy) => api.call('previewNewPolicy', { body })
