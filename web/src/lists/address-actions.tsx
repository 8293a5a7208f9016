/** Block and Allow for one address, and what the lists already say of it. */
import { messageOf } from '../api/request.ts'
import { Icon } from '../ui/icon.tsx'
import { useToast } from '../ui/toast.tsx'
import { useListActions } from './list-actions.tsx'
import { LIST_TITLES } from './list-words.ts'
import { type HeldBy, useEntriesOf } from './use-entries-of.ts'

export const AddressActions = ({ address }: { address: string }) => {
  const { ask } = useListActions()
  const held = useEntriesOf(address)
  const isOn = (list: string) => held.some((by) => by.list === list && by.entry.prefix === address)
  return (
    <>
      {held.map((by) => (
        <HeldLine key={`${by.list} ${by.entry.prefix}`} by={by} address={address} />
      ))}
      <p className='actions'>
        {isOn('deny') ? null : (
          <button
            type='button'
            className='button button-block'
            onClick={() => ask('deny', [address])}
          >
            <Icon name='block' /> Block<span className='sr-only'> {address}</span>
          </button>
        )}
        {isOn('allow') ? null : (
          <button type='button' className='button' onClick={() => ask('allow', [address])}>
            <Icon name='allow' /> Allow<span className='sr-only'> {address}</span>
          </button>
        )}
      </p>
    </>
  )
}

const HeldLine = ({ by: { list, entry }, address }: { by: HeldBy; address: string }) => {
  const { remove } = useListActions()
  const toast = useToast()
  const drop = () =>
    void remove(list, entry).catch((thrown: unknown) =>
      toast({ text: messageOf(thrown), tone: 'bad' }),
    )
  return (
    <div className={`held held-${list}`}>
      <Icon name={list === 'deny' ? 'block' : 'allow'} />
      <p>
        On the {LIST_TITLES[list].toLowerCase()}
        {entry.prefix === address ? '' : ` by ${entry.prefix}`}
        {entry.reason ? <span className='muted'>: {entry.reason}</span> : null}
      </p>
      <button type='button' className='button button-quiet' onClick={drop}>
        Remove<span className='sr-only'> {entry.prefix}</span>
      </button>
    </div>
  )
}
