/** Who is signed in, wherever it is asked. */
import { createContext, useContext } from 'react'
import type { Me, Role } from '../api/auth.ts'

export interface Signed {
  me: Me
  leave: () => void
}

const NOBODY: Signed = { me: { kind: 'anonymous', name: '', role: 'none' }, leave: () => undefined }

export const MeContext = createContext<Signed>(NOBODY)
export const useMe = () => useContext(MeContext)

const RANK = { none: 0, viewer: 1, operator: 2, admin: 3 } as const

/** A role may do everything that the ones below it may. */
export const reaches = ({ role }: Me, needed: Role): boolean => RANK[role] >= RANK[needed]
