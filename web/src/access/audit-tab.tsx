/** The audit log, for an admin: the newest changes first, all of it as a file, and whether it is whole. */
import { useCallback, useState } from 'react'
import { type AuditEntry, fetchAudit, verifyAudit } from '../api/auth.ts'
import { messageOf } from '../api/request.ts'
import { formatExact } from '../format/quantity.ts'
import { dateOf } from './date-of.ts'
import { useAsked } from './use-asked.ts'

export const AuditTab = () => {
  const [cursor, setCursor] = useState<string>()
  const { answer, error } = useAsked(useCallback(() => fetchAudit(cursor), [cursor]))
  const [verdict, setVerdict] = useState('')
  const verify = () =>
    void verifyAudit().then(
      ({ ok, entries, problem }) =>
        setVerdict(ok ? `All ${formatExact(entries)} entries are whole.` : `Broken: ${problem}.`),
      (thrown: unknown) => setVerdict(messageOf(thrown)),
    )
  return (
    <>
      <p className='access-actions'>
        <button type='button' className='button' onClick={verify}>
          Check that it is whole
        </button>
        <a className='button' href='/api/v1/audit/export' download>
          Download all (NDJSON)
        </a>
        <span role='status'>{verdict}</span>
      </p>
      {error ? <p className='error'>{error}</p> : null}
      <table className='plain-table'>
        <caption className='sr-only'>Audit log</caption>
        <thead>
          <tr>
            <th scope='col'>No.</th>
            <th scope='col'>Time</th>
            <th scope='col'>Who</th>
            <th scope='col'>What</th>
            <th scope='col'>To</th>
            <th scope='col'>Before and after</th>
            <th scope='col'>From</th>
          </tr>
        </thead>
        <tbody>
          {answer?.entries.map((entry) => (
            <Row key={entry.seq} entry={entry} />
          ))}
        </tbody>
      </table>
      <p className='pager'>
        <button type='button' disabled={cursor === undefined} onClick={() => setCursor(undefined)}>
          Newest
        </button>
        <button
          type='button'
          disabled={answer?.nextCursor === undefined}
          onClick={() => setCursor(answer?.nextCursor)}
        >
          Older
        </button>
      </p>
    </>
  )
}

const Row = ({ entry }: { entry: AuditEntry }) => (
  <tr>
    <td>{entry.seq}</td>
    <td className='nowrap'>{dateOf(entry.atMs)}</td>
    <td>{entry.principal.name}</td>
    <td className='nowrap'>{entry.action}</td>
    <td className='mono'>{entry.target}</td>
    <td className='mono access-change'>
      {[entry.before, entry.after]
        .map((value) => (value === undefined ? '' : JSON.stringify(value)))
        .filter(Boolean)
        .join(' → ')}
    </td>
    <td className='mono'>{entry.from}</td>
  </tr>
)
