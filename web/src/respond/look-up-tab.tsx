/** What feeds and providers know of an address, as one risk with its arithmetic. */
import { type FormEvent, useEffect, useState } from 'react'
import { lookUpThreat, type ThreatLookup } from '../api/intel.ts'
import { messageOf } from '../api/request.ts'

export const LookUpTab = ({ params }: { params: URLSearchParams }) => {
  const given = params.get('ip') ?? ''
  const [ip, setIp] = useState(given)
  const [found, setFound] = useState<ThreatLookup>()
  const [error, setError] = useState('')

  const look = async (address: string): Promise<void> => {
    try {
      setFound(await lookUpThreat(address))
      setError('')
    } catch (thrown) {
      setFound(undefined)
      setError(messageOf(thrown))
    }
  }
  useEffect(() => {
    if (given) void look(given)
  }, [given])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void look(ip.trim())
  }
  return (
    <>
      <form className='access-form' onSubmit={submit}>
        <label className='field'>
          <span>Address</span>
          <input
            type='text'
            required
            maxLength={45}
            autoComplete='off'
            placeholder='a public address'
            value={ip}
            onChange={(event) => setIp(event.target.value)}
          />
        </label>
        <button type='submit' className='button button-primary'>
          Look up
        </button>
      </form>
      {error ? <p className='error'>{error}</p> : null}
      {found ? <Found found={found} /> : null}
    </>
  )
}

const Found = ({ found }: { found: ThreatLookup }) => (
  <>
    <p>
      <b>{found.risk === null ? 'Unknown' : `Risk ${found.risk} of 100`}</b>{' '}
      <span className='muted'>{[found.arithmetic, found.note].filter(Boolean).join(' ')}</span>
    </p>
    <table className='plain-table'>
      <caption className='sr-only'>Sources</caption>
      <thead>
        <tr>
          <th scope='col'>Source</th>
          <th scope='col'>Says</th>
          <th scope='col'>Reasons</th>
        </tr>
      </thead>
      <tbody>
        {found.sources.map((source) => (
          <tr key={source.source}>
            <td>{source.title}</td>
            <td>{source.state}</td>
            <td>{source.reasons.join('; ')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </>
)
