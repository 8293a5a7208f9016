/** Does something over the API, and says what became of it. */
import { messageOf } from '../api/request.ts'
import { useToast } from '../ui/toast.tsx'

/** `text`: said when it went well; of the answer, where it is a function. */
export const useAct = (reload: () => void) => {
  const toast = useToast()
  return <T>(what: Promise<T>, text: string | ((answer: T) => string)): void =>
    void what.then(
      (answer) => {
        toast({ text: typeof text === 'string' ? text : text(answer), tone: 'good' })
        reload()
      },
      (thrown: unknown) => toast({ text: messageOf(thrown), tone: 'bad' }),
    )
}
