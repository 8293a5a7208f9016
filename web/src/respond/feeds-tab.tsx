/** Feeds of bad addresses: how each is, how old, what it holds, what was taken out of it. */
import { useState } from 'react'
import { type Feed, fetchFeeds, refreshFeed, removeFeed, setFeedBlock } from '../api/intel.ts'
import { usePolled } from '../devices/use-polled.ts'
import { formatExact } from '../format/quantity.ts'
import { withLocalTimes } from '../format/time.ts'
import { reaches, useMe } from '../session/me.ts'
import { ActButton } from '../ui/act-button.tsx'
import { type PlainColumn, PlainTable } from '../ui/plain-table.tsx'
import { useToast } from '../ui/toast.tsx'
import { FeedContent } from './feed-content.tsx'
import { FeedDialog } from './feed-dialog.tsx'
import { Providers } from './providers.tsx'
import { ago, left } from './time-left.tsx'

const AGAIN_MS = 3000

export const FeedsTab = () => {
  const { answer, error, reload } = usePolled('feeds', fetchFeeds, AGAIN_MS)
  const [adds, setAdds] = useState(false)
  const [shown, setShown] = useState('')
  const mayChange = reaches(useMe().me, 'admin')
  const toast = useToast()
  const problems = [...(answer?.fileProblems ?? []), answer?.blockProblem ?? '', error]
  return (
    <>
      {mayChange ? (
        <div className='access-actions'>
          <button type='button' className='button button-primary' onClick={() => setAdds(true)}>
            Add a feed
          </button>
        </div>
      ) : null}
      {problems.filter(Boolean).map((problem) => (
        <p key={problem} className='error'>
          {problem}
        </p>
      ))}
      <PlainTable
        caption='Feeds'
        columns={COLUMNS}
        rows={answer?.feeds}
        keyOf={({ name }) => name}
        empty='There is no feed yet: nothing is fetched from anybody.'
      >
        {(feed) => (
          <>
            <button
              type='button'
              className='button'
              aria-label={`Content of ${feed.name}`}
              onClick={() => setShown(feed.name)}
            >
              Content
            </button>
            {mayChange ? <Buttons feed={feed} reload={reload} /> : null}
          </>
        )}
      </PlainTable>
      <Providers />
      {adds ? (
        <FeedDialog
          known={answer?.known ?? []}
          onDone={(name) => {
            toast({ text: `${name} is added, and fetched now.`, tone: 'good' })
            setAdds(false)
            reload()
          }}
          onClose={() => setAdds(false)}
        />
      ) : null}
      {shown ? <FeedContent name={shown} onClose={() => setShown('')} /> : null}
    </>
  )
}

const COLUMNS: readonly PlainColumn<Feed>[] = [
  {
    label: 'Feed',
    className: 'long',
    cell: ({ name, kind, url, origin }) => (
      <>
        {name} <span className='muted'>{kind}</span>{' '}
        {origin === 'file' ? <span className='faint'>by file</span> : null}
        <p className='faint' title={url}>
          {URL.parse(url)?.host ?? url}
        </p>
      </>
    ),
  },
  { label: 'State', className: 'long', cell: (feed) => <State feed={feed} /> },
  { label: 'Holds', cell: (feed) => <Entries feed={feed} /> },
  { label: 'Age', className: 'nowrap', cell: ({ fetchedAt }) => ago(fetchedAt) },
  { label: 'Next', className: 'nowrap', cell: ({ nextAt }) => left(nextAt) },
  { label: 'Blocks', cell: ({ block }) => (block ? 'yes' : 'no, it marks') },
]

const State = ({ feed: { error, failures, fetchedAt } }: { feed: Feed }) => {
  if (!error)
    return fetchedAt === null ? (
      <span className='faint'>not fetched yet</span>
    ) : (
      <span className='badge badge-skip'>good</span>
    )
  return (
    <>
      <span className='badge badge-drop'>failed</span>{' '}
      {failures > 1 ? <span className='faint'>{formatExact(failures)} times</span> : null}
      <p className='error'>{withLocalTimes(error)}</p>
      {fetchedAt === null ? null : <p className='faint'>The last good copy is used.</p>}
    </>
  )
}

const Entries = ({ feed }: { feed: Feed }) => {
  const { entries, systems, names, subtracted, wrong, tooMany } = feed
  const parts = [
    `${formatExact(entries)} ${entries === 1 ? 'address' : 'addresses'}`,
    systems > 0 ? `${formatExact(systems)} networks` : '',
    names > 0 ? `${formatExact(names)} names` : '',
  ].filter(Boolean)
  const less = [
    subtracted > 0 ? `${formatExact(subtracted)} taken out` : '',
    wrong > 0 ? `${formatExact(wrong)} not understood` : '',
    tooMany > 0 ? `${formatExact(tooMany)} too many` : '',
  ].filter(Boolean)
  return (
    <>
      {parts.join(', ')}
      {less.length > 0 ? <p className='faint'>{less.join(', ')}</p> : null}
    </>
  )
}

const Buttons = ({ feed, reload }: { feed: Feed; reload: () => void }) => {
  const { name, block, origin, entries } = feed
  const shared = { of: name, onDone: reload }
  return (
    <>
      <ActButton
        {...shared}
        label='Fetch now'
        run={() => refreshFeed(name)}
        said={(now) =>
          now.error
            ? { text: `${name}: ${now.error}`, tone: 'bad' }
            : `${name}: ${formatExact(now.entries)} entries.`
        }
      />
      {origin === 'file' ? null : (
        <>
          <ActButton
            {...shared}
            label={block ? 'Mark only' : 'Block'}
            question={
              block
                ? 'What it blocks passes again.'
                : `Its ${formatExact(entries)} addresses, and those that it lists later, are dropped at all agents.`
            }
            run={() => setFeedBlock(name, !block)}
            said={`${name} ${block ? 'marks only' : 'blocks'}.`}
          />
          <ActButton
            {...shared}
            label='Remove'
            question={
              block
                ? 'What it blocks passes again, and its addresses are not marked any more.'
                : 'Its addresses are not marked any more.'
            }
            run={() => removeFeed(name)}
            said={`${name} is removed.`}
          />
        </>
      )}
    </>
  )
}
