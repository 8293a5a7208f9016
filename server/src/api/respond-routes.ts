/** All routes of answers to alerts. */
import type { Audit } from '../auth/audit.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { RespondParts } from '../respond/respond-parts.ts'
import { addActionRoutes } from './action-routes.ts'
import type { App } from './app-types.ts'
import { addApprovalRoutes } from './approval-routes.ts'
import { addPolicyRoutes } from './policy-routes.ts'

export interface RespondRouteDeps {
  response: RespondParts
  auth: { audit: Audit }
  fleet: Pick<Fleet, 'names'>
}

export const addRespondRoutes = (app: App, { response, auth, fleet }: RespondRouteDeps): void => {
  addPolicyRoutes(app, { ...response, auth })
  addActionRoutes(app, { ...response, fleet })
  addApprovalRoutes(app, response)
}
