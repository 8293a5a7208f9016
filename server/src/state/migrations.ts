/** The steps from an empty database to the one that this version works with. None is changed once released. */
import { accounts } from './migrations/001-accounts.ts'
import { audit } from './migrations/002-audit.ts'
import { devices } from './migrations/003-devices.ts'
import { agents } from './migrations/004-agents.ts'
import { alerts } from './migrations/005-alerts.ts'
import { notify } from './migrations/006-notify.ts'
import { respond } from './migrations/008-respond.ts'
import { intel } from './migrations/007-intel.ts'
import { learned } from './migrations/009-learned.ts'

export interface Migration {
  name: string
  sql: string
}

/** In order; the number of a step is its place here, from 1. */
export const MIGRATIONS: readonly Migration[] = [
  { name: 'accounts', sql: accounts },
  { name: 'audit', sql: audit },
  { name: 'devices', sql: devices },
  { name: 'agents', sql: agents },
  { name: 'alerts', sql: alerts },
  { name: 'notify', sql: notify },
  { name: 'intel', sql: intel },
  { name: 'respond', sql: respond },
  { name: 'learned', sql: learned },
]
