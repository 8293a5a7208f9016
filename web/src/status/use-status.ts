/** The status of agent and server, each second. */
import { useState } from 'react'
import type { StatusAnswer } from '../api/status.ts'
import type { StreamState } from '../api/stream.ts'
import { useStream } from '../api/use-stream.ts'

const SILENCE_MS = 6000

export const useStatus = (): { status: StatusAnswer | undefined; stream: StreamState } => {
  const [status, setStatus] = useState<StatusAnswer>()
  const stream = useStream(
    '/api/v1/status/stream',
    { status: (data) => setStatus(JSON.parse(data) as StatusAnswer) },
    { silenceMs: SILENCE_MS, explainUrl: '/api/v1/status' },
  )
  return { status, stream }
}
