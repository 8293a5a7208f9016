/** Names the link on which something was seen: the same address may mean two machines on two links. */
import type { ObservationShared } from '@netscope/core/observation/shared-fields.ts'

export const linkOf = (seen: ObservationShared, agent: string): string =>
  `${agent} ${seen.ifindex} ${seen.vlan}.${seen.innerVlan}`
