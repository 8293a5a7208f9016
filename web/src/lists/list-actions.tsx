/** Changing the lists from anywhere in the page: ask, do, offer to undo. */
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useMemo,
  useRef,
  useState,
} from 'react'
import {
  addEntry,
  type ListEntry,
  type ListName,
  type NewEntry,
  removeEntry,
} from '../api/lists.ts'
import { messageOf } from '../api/request.ts'
import { useToast } from '../ui/toast.tsx'
import { ListDialog } from './list-dialog.tsx'

interface ListActions {
  /** Opens the dialog for one of `addresses`. */
  ask(list: ListName, addresses: string[]): void
  /** Adds and offers the undo; throws what the server answers. */
  add(list: ListName, entry: NewEntry): Promise<void>
  remove(list: ListName, entry: ListEntry): Promise<void>
  /** Grows with every change, so that views read the lists again. */
  version: number
}

const idle = () => Promise.resolve()
const ListActionsContext = createContext<ListActions>({
  ask: () => undefined,
  add: idle,
  remove: idle,
  version: 0,
})

export const useListActions = () => useContext(ListActionsContext)

const DONE: Record<ListName, [added: string, removed: string]> = {
  deny: ['is blocked', 'is no longer blocked'],
  allow: ['is always allowed', 'is no longer on the allow list'],
}

export const ListActionsProvider = ({ children }: { children: ReactNode }) => {
  const [asked, setAsked] = useState<{ list: ListName; addresses: string[] }>()
  const [version, setVersion] = useState(0)
  const toast = useToast()
  const say = useRef(toast)
  say.current = toast

  const change = useCallback(
    async (does: () => Promise<{ ip: string }>, after: string, undo?: () => void) => {
      const { ip } = await does()
      setVersion((before) => before + 1)
      const text = (
        <>
          <span className='mono'>{ip}</span> {after}.
        </>
      )
      say.current(undo ? { text, undo } : { text })
    },
    [],
  )
  const quietly = useCallback((action: Promise<void>) => {
    action.catch((thrown: unknown) => say.current({ text: messageOf(thrown), tone: 'bad' }))
  }, [])
  const add = useCallback(
    (list: ListName, entry: NewEntry) =>
      change(
        () => addEntry(list, entry),
        DONE[list][0],
        () => quietly(change(() => removeEntry(list, entry.ip), DONE[list][1])),
      ),
    [change, quietly],
  )
  const remove = useCallback(
    (list: ListName, entry: ListEntry) =>
      change(
        () => removeEntry(list, entry.prefix),
        DONE[list][1],
        () => quietly(change(() => addEntry(list, again(entry)), DONE[list][0])),
      ),
    [change, quietly],
  )
  const ask = useCallback(
    (list: ListName, addresses: string[]) => setAsked({ list, addresses }),
    [],
  )
  const actions = useMemo(() => ({ ask, add, remove, version }), [ask, add, remove, version])
  return (
    <ListActionsContext value={actions}>
      {children}
      {asked ? <ListDialog {...asked} onAdd={add} onClose={() => setAsked(undefined)} /> : null}
    </ListActionsContext>
  )
}

/** The entry as it was, with what remains of its time. */
const again = ({ prefix, reason, expiresAtMs }: ListEntry): NewEntry => ({
  ip: prefix,
  ...(reason ? { reason } : {}),
  ...(expiresAtMs > 0
    ? { expiresInSeconds: Math.max(1, Math.round((expiresAtMs - Date.now()) / 1000)) }
    : {}),
})
