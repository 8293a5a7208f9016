/** An answer of the server, asked for again and again while somebody looks. */
import { useCallback, useEffect, useState } from 'react'
import { messageOf } from '../api/request.ts'
import { useVisible } from '../api/use-visible.ts'

interface Polled<T> {
  /** The last answer to this very question. */
  answer: T | undefined
  /** Why the last try failed; empty: it did not. */
  error: string
  reload: () => void
}

/** `question` is any text that differs where another answer is wanted; `ask` must be the same as long as it is. */
export const usePolled = <T>(
  question: string,
  ask: () => Promise<T>,
  everyMs: number,
): Polled<T> => {
  const [got, setGot] = useState<{ question: string; answer: T }>()
  const [error, setError] = useState('')
  const [tries, setTries] = useState(0)
  const visible = useVisible()
  useEffect(() => {
    if (!visible) return undefined
    let over = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const again = async (): Promise<void> => {
      try {
        const answer = await ask()
        if (over) return
        setGot({ question, answer })
        setError('')
      } catch (thrown) {
        if (over) return
        setError(messageOf(thrown))
      }
      timer = setTimeout(() => void again(), everyMs)
    }
    void again()
    return () => {
      over = true
      clearTimeout(timer)
    }
  }, [question, ask, everyMs, visible, tries])
  const reload = useCallback(() => setTries((before) => before + 1), [])
  return { answer: got?.question === question ? got.answer : undefined, error, reload }
}
