/** The agents over HTTP. */
import { api, type Schemas } from './api.ts'

export type Agent = Schemas['Agent']
export type Invitation = Schemas['Invitation']

export const fetchAgents = () => api.call('listAgents')
/** Without a name the agent gets the one it asks for. */
export const inviteAgent = (name: string, expiresInSeconds: number) =>
  api.call('inviteAgent', { body: { expiresInSeconds, ...(name !== '' && { name }) } })
export const removeAgent = (name: string) => api.call('removeAgent', { path: { name } })
