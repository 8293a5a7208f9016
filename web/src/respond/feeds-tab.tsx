/** Feeds of bad addresses, and the providers that are asked about one: what they hold, how they are, what is left of the quota. */
import { type FormEvent, useState } from 'react'
import {
  addFeed,
  type Feed,
  fetchFeeds,
  fetchProviders,
  type Provider,
  refreshFeed,
  removeFeed,
  setFeedBlock,
} from '../api/intel.ts'
import { usePolled } from '../devices/use-polled.ts'
import { formatExact } from '../format/quantity.ts'
import { reaches, useMe } from '../session/me.ts'
import { ago, left } from './time-left.tsx'
import { useAct } from './use-act.ts'

const AGAIN_MS = 5000

export const FeedsTab = () => {
  const { answer, error, reload } = usePolled('feeds', fetchFeeds, AGAIN_MS)
  const mayChange = reaches(useMe().me, 'admin')
  const problems = [...(answer?.fileProblems ?? []), answer?.blockProblem ?? '', error].filter(
    Boolean,
  )
  return (
    <>
      {mayChange ? <FeedForm known={answer?.known ?? []} onAdded={reload} /> : null}
      {problems.map((problem) => (
        <p key={problem} className='error'>
          {problem}
        </p>
      ))}
      <table className='plain-table'>
        <caption className='sr-only'>Feeds</caption>
        <thead>
          <tr>
            <th scope='col'>Feed</th>
            <th scope='col'>Kind</th>
            <th scope='col'>Entries</th>
            <th scope='col'>Taken out</th>
            <th scope='col'>Fetched</th>
            <th scope='col'>Next</th>
            <th scope='col'>Blocks</th>
            <th scope='col'>
              <span className='sr-only'>Change</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {answer?.feeds.map((feed) => (
            <FeedRow key={feed.name} feed={feed} mayChange={mayChange} reload={reload} />
          ))}
        </tbody>
      </table>
      {answer?.feeds.length === 0 ? <p className='faint'>There is no feed yet.</p> : null}
      <Providers />
    </>
  )
}

interface RowProps {
  feed: Feed
  mayChange: boolean
  reload: () => void
}

const FeedRow = ({ feed, mayChange, reload }: RowProps) => {
  const { name, kind, entries, subtracted, fetchedAt, nextAt, block, error } = feed
  const act = useAct(reload)
  const refresh = () =>
    act(refreshFeed(name), (now) => now.error || `${name}: ${formatExact(now.entries)} entries.`)
  const setBlock = () =>
    act(setFeedBlock(name, !block), `${name} ${block ? 'marks only' : 'blocks'}.`)
  return (
    <tr>
      <td title={feed.url}>{name}</td>
      <td>{kind}</td>
      <td>{formatExact(entries)}</td>
      <td title='Private, own, multicast and gateway ranges'>{formatExact(subtracted)}</td>
      <td>
        {ago(fetchedAt)}
        {error ? <p className='error'>{error}</p> : null}
      </td>
      <td>{left(nextAt)}</td>
      <td>{block ? 'yes' : 'no, it marks'}</td>
      <td>
        {mayChange ? (
          <>
            <button type='button' className='button' onClick={refresh}>
              Fetch now
            </button>{' '}
            {feed.origin === 'file' ? null : (
              <>
                <button type='button' className='button' onClick={setBlock}>
                  {block ? 'Mark only' : 'Block'}
                </button>{' '}
                <button
                  type='button'
                  className='button'
                  onClick={() => act(removeFeed(name), `${name} is removed.`)}
                >
                  Remove
                </button>
              </>
            )}
          </>
        ) : null}
      </td>
    </tr>
  )
}

const FeedForm = ({ known, onAdded }: { known: string[]; onAdded: () => void }) => {
  const [name, setName] = useState('')
  const [url, setUrl] = useState('')
  const act = useAct(onAdded)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const given = { name: name.trim(), ...(url && { url: url.trim() }) }
    act(
      addFeed(given),
      (feed) => feed.error || `${feed.name}: ${formatExact(feed.entries)} entries.`,
    )
    setName('')
    setUrl('')
  }
  return (
    <form className='access-form' onSubmit={submit}>
      <label className='field'>
        <span>Feed</span>
        <input
          type='text'
          required
          list='known-feeds'
          autoComplete='off'
          placeholder='name of a feed'
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <datalist id='known-feeds'>
          {known.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </datalist>
      </label>
      <label className='field'>
        <span>URL</span>
        <input
          type='url'
          required={!known.includes(name.trim())}
          placeholder='https://…'
          value={url}
          onChange={(event) => setUrl(event.target.value)}
        />
      </label>
      <button type='submit' className='button button-primary'>
        Add
      </button>
    </form>
  )
}

const Providers = () => {
  const { answer } = usePolled('providers', fetchProviders, AGAIN_MS)
  return (
    <table className='plain-table'>
      <caption>Providers</caption>
      <thead>
        <tr>
          <th scope='col'>Provider</th>
          <th scope='col'>Asked</th>
          <th scope='col'>Quota</th>
          <th scope='col'>Answers</th>
        </tr>
      </thead>
      <tbody>
        {answer?.providers.map((provider) => (
          <tr key={provider.name}>
            <td>{provider.title}</td>
            <td>{provider.note || 'yes'}</td>
            <td>{quotaOf(provider)}</td>
            <td>
              {provider.circuit.state === 'closed'
                ? provider.circuit.reason || 'well'
                : `${provider.circuit.state}: ${provider.circuit.reason}`}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const quotaOf = ({ quota }: Provider): string =>
  quota
    .filter(({ limit }) => limit > 0)
    .map(
      ({ period, used, limit }) =>
        `${formatExact(limit - used)} of ${formatExact(limit)} left a ${period}`,
    )
    .join(', ') || 'no bound'
