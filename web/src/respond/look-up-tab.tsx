/** What feeds and providers know of an address, as one risk with its arithmetic. */
import { type FormEvent, useEffect, useState } from 'react'
import { lookUpThreat, type ThreatLookup } from '../api/intel.ts'
import { messageOf } from '../api/request.ts'
import { formatShare } from '../format/quantity.ts'
import { withLocalTimes } from '../format/time.ts'
import { formatRoute, replaceParams } from '../route.ts'
import { TextField } from '../ui/field.tsx'
import { type PlainColumn, PlainTable } from '../ui/plain-table.tsx'
import { ago } from './time-left.tsx'

export const LookUpTab = ({ params }: { params: URLSearchParams }) => {
  const given = params.get('ip') ?? ''
  const [ip, setIp] = useState(given)
  const [found, setFound] = useState<ThreatLookup>()
  const [error, setError] = useState('')
  const [busy, setBusy] = useState(false)

  const look = async (address: string): Promise<void> => {
    setBusy(true)
    try {
      setFound(await lookUpThreat(address))
      setError('')
    } catch (thrown) {
      setFound(undefined)
      setError(messageOf(thrown))
    }
    setBusy(false)
  }
  useEffect(() => {
    setIp(given)
    if (given) void look(given)
  }, [given])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const wanted = ip.trim()
    if (wanted === given) void look(wanted)
    else replaceParams('respond', { tab: 'look-up', ip: wanted })
  }
  return (
    <>
      <form className='access-form' onSubmit={submit}>
        <TextField
          label='Address'
          value={ip}
          onChange={setIp}
          required
          maxLength={45}
          placeholder='a public address'
          aria-invalid={error ? true : undefined}
        />
        <button type='submit' className='button button-primary' disabled={busy}>
          {busy ? 'Asking …' : 'Look up'}
        </button>
      </form>
      {error ? (
        <p className='error' role='alert'>
          {error}
        </p>
      ) : null}
      {found ? (
        <Found found={found} />
      ) : error || busy ? null : (
        <p className='faint'>
          Feeds and providers are asked about one address of the internet. Private and own addresses
          are told to nobody.
        </p>
      )}
    </>
  )
}

type Source = ThreatLookup['sources'][number]

const STATES: Readonly<Record<Source['state'], [word: string, tone: string]>> = {
  known: ['knows it', 'severity-medium'],
  unknown: ['does not know it', ''],
  'not-asked': ['not asked', ''],
  failed: ['failed', 'badge-drop'],
}

const COLUMNS: readonly PlainColumn<Source>[] = [
  {
    label: 'Source',
    cell: ({ title, kind }) => (
      <>
        {title} <span className='faint'>{kind}</span>
      </>
    ),
  },
  {
    label: 'Says',
    cell: ({ state }) => <span className={`badge ${STATES[state][1]}`}>{STATES[state][0]}</span>,
  },
  {
    label: 'Reasons',
    className: 'long',
    cell: ({ reasons, facts }) => (
      <>
        {withLocalTimes(reasons.join('; '))}
        {facts.length > 0 ? (
          <p className='faint'>{facts.map(({ name, value }) => `${name}: ${value}`).join(' · ')}</p>
        ) : null}
      </>
    ),
  },
  {
    label: 'Counts',
    cell: ({ weight, probability, trust, decay }) =>
      weight === null || probability === null ? (
        <span className='faint'>–</span>
      ) : (
        <>
          weight {formatShare(weight)}, sure {formatShare(trust || probability)}
          {trust ? ' that it is harmless' : ''}
          {decay !== null && decay < 1 ? `, age ${formatShare(decay)}` : ''}
        </>
      ),
  },
  { label: 'Asked', className: 'nowrap', cell: ({ at }) => ago(at) },
]

const Found = ({ found: { ip, risk, arithmetic, note, sources } }: { found: ThreatLookup }) => (
  <>
    <section>
      <h3 className='table-title'>
        <span className='mono'>{ip}</span>: {risk === null ? 'unknown' : `risk ${risk} of 100`}
      </h3>
      <p className='mono long muted'>{arithmetic}</p>
      {note ? <p className='muted'>{withLocalTimes(note)}</p> : null}
      <p>
        <a href={formatRoute('respond', { ip })}>Block it</a>{' '}
        <a href={formatRoute('flows', { ip })}>Its flows</a>
      </p>
    </section>
    <PlainTable
      caption='Sources'
      columns={COLUMNS}
      rows={sources}
      keyOf={({ source, kind }) => kind + source}
      empty='There is no source: add a feed, or give a provider its key.'
    />
  </>
)
