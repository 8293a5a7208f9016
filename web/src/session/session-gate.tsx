/** Shows the page to whoever has signed in, and to everybody else how to. */
import type { ReactNode } from 'react'
import { Notice } from '../ui/notice.tsx'
import { MeContext } from './me.ts'
import { SignInView } from './sign-in-view.tsx'
import { useSession } from './use-session.ts'

export const SessionGate = ({ children }: { children: ReactNode }) => {
  const { session, check, leave } = useSession()
  if (session.phase === 'in')
    return <MeContext value={{ me: session.me, leave }}>{children}</MeContext>
  if (session.phase === 'out') return <SignInView onSignedIn={check} />
  if (session.phase === 'asking') return null
  return (
    <main className='sign-in'>
      <Notice title='NetScope does not answer' tone='bad'>
        {session.reason}
      </Notice>
    </main>
  )
}
