/** The API by its operations, with the types of the OpenAPI document. Throws `ApiError`. */
import { createApiClient } from '@netscope/core/api/client.ts'
import type { Schemas } from '@netscope/core/api/operations.ts'
import { request } from './request.ts'

export type { Schemas }

export const api = createApiClient(({ method, path, body }) =>
  request<unknown>(path, {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body }),
  }),
)
