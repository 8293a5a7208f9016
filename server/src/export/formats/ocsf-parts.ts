/** What the classes of OCSF that we write have in common. */
import type { SeverityLabel } from '@netscope/detect/detection.ts'
import { isIpv6, known } from './known-parts.ts'

const OCSF_VERSION = '1.4.0'

/** `version`: of NetScope. */
export const metadataOf = (version: string, profiles: string[]) => ({
  version: OCSF_VERSION,
  product: { name: 'NetScope', vendor_name: 'NetScope', version },
  profiles: known(profiles),
})

export interface Activity {
  id: number
  name: string
}

interface EventClass {
  category_uid: number
  category_name: string
  class_uid: number
  class_name: string
}

export const classOf = (of: EventClass, activity: Activity) => ({
  ...{ activity_id: activity.id, activity_name: activity.name, ...of },
  type_uid: of.class_uid * 100 + activity.id,
  type_name: `${of.class_name}: ${activity.name}`,
})

export const ipVersion = (address: string) =>
  isIpv6(address)
    ? { protocol_ver_id: 6, protocol_ver: 'Internet Protocol version 6 (IPv6)' }
    : { protocol_ver_id: 4, protocol_ver: 'Internet Protocol version 4 (IPv4)' }

/** Of profile `host`: the machine whose agent saw it. */
export const hostOf = (agent: string) =>
  agent === '' ? undefined : { type_id: 0, type: 'Unknown', hostname: agent, uid: agent }

export const SEVERITIES: Readonly<Record<SeverityLabel, [number, string]>> = {
  ...{ info: [1, 'Informational'], low: [2, 'Low'], medium: [3, 'Medium'], high: [4, 'High'] },
  critical: [5, 'Critical'],
}
