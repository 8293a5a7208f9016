/** What a feed holds: some entries, what was taken out of it and why, what was not understood. */
import { useCallback } from 'react'
import { useAsked } from '../access/use-asked.ts'
import { type FeedDetail, fetchFeed } from '../api/intel.ts'
import { formatExact } from '../format/quantity.ts'
import { Dialog } from '../ui/dialog.tsx'
import { type PlainColumn, PlainTable } from '../ui/plain-table.tsx'

export const FeedContent = ({ name, onClose }: { name: string; onClose: () => void }) => {
  const { answer, error } = useAsked(useCallback(() => fetchFeed(name), [name]))
  return (
    <Dialog title={`What ${name} holds`} className='dialog-wide' onClose={onClose}>
      {error ? <p className='error'>{error}</p> : null}
      {answer ? (
        <>
          <p className='muted long'>{answer.feed.url}</p>
          <PlainTable
            caption='Taken out'
            isTitled
            columns={COLUMNS}
            rows={answer.subtracted}
            keyOf={({ prefix }) => prefix}
            empty='Nothing: no private, reserved, own or protected address is on it.'
          />
          <Texts title='Some of its entries' texts={answer.sample} />
          <Texts title='Not understood' texts={answer.wrong} />
        </>
      ) : null}
    </Dialog>
  )
}

const COLUMNS: readonly PlainColumn<FeedDetail['subtracted'][number]>[] = [
  { label: 'Entry', cell: ({ prefix }) => <span className='mono'>{prefix}</span> },
  { label: 'Because of', className: 'long', cell: ({ why }) => why },
  {
    label: 'Left of it',
    cell: ({ left }) => (left === 0 ? 'nothing' : `${formatExact(left)} prefixes`),
  },
]

const Texts = ({ title, texts }: { title: string; texts: readonly string[] }) =>
  texts.length === 0 ? null : (
    <section>
      <h3 className='table-title'>{title}</h3>
      <p className='mono long'>{texts.join(', ')}</p>
    </section>
  )
