/** An answer of the API, and the way to ask again. */
import { useCallback, useEffect, useState } from 'react'
import { messageOf } from '../api/request.ts'

export interface Asked<T> {
  answer: T | undefined
  error: string
  reload: () => void
}

/** `ask` is to be the same function until something else is asked. */
export const useAsked = <T>(ask: () => Promise<T>): Asked<T> => {
  const [answer, setAnswer] = useState<T>()
  const [error, setError] = useState('')
  const [version, setVersion] = useState(0)
  useEffect(() => {
    let isOver = false
    ask().then(
      (got) => {
        if (isOver) return
        setAnswer(got)
        setError('')
      },
      (thrown: unknown) => {
        if (!isOver) setError(messageOf(thrown))
      },
    )
    return () => {
      isOver = true
    }
  }, [ask, version])
  return { answer, error, reload: useCallback(() => setVersion((before) => before + 1), []) }
}
