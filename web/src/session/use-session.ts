/** Who is signed in, for as long as the page is open. */
import { useCallback, useEffect, useState } from 'react'
import { fetchMe, type Me, signOut } from '../api/auth.ts'
import { onSignedOut, refresh } from '../api/refresh.ts'
import { ApiError } from '../api/request.ts'

/** Before the access token ends, so that streams can open at any time. */
const REFRESH_MS = 10 * 60_000
const AGAIN_MS = 3000

export type Session =
  | { phase: 'asking' }
  /** The server gives no answer, or another one than expected. */
  | { phase: 'failed'; reason: string }
  | { phase: 'out' }
  | { phase: 'in'; me: Me }

export interface SessionControl {
  session: Session
  /** Asks the server again. */
  check: () => void
  leave: () => void
}

export const useSession = (): SessionControl => {
  const [session, setSession] = useState<Session>({ phase: 'asking' })

  const check = useCallback(() => {
    fetchMe().then(
      (me) => setSession({ phase: 'in', me }),
      (thrown: unknown) => {
        const isOut = thrown instanceof ApiError && thrown.status === 401
        const reason = thrown instanceof Error ? thrown.message : String(thrown)
        setSession(isOut ? { phase: 'out' } : { phase: 'failed', reason })
      },
    )
  }, [])
  const leave = useCallback(() => {
    void signOut().catch(() => undefined)
    setSession({ phase: 'out' })
  }, [])

  useEffect(() => onSignedOut(() => setSession({ phase: 'out' })), [])
  useEffect(check, [check])
  const { phase } = session
  useEffect(() => {
    const every = { asking: undefined, out: undefined, failed: AGAIN_MS, in: REFRESH_MS }[phase]
    if (every === undefined) return undefined
    const timer = setInterval(phase === 'in' ? () => void refresh() : check, every)
    return () => clearInterval(timer)
  }, [phase, check])
  return { session, check, leave }
}
