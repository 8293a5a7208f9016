/** The audit log, for an admin: the newest changes first, all of it as a file, and whether it is whole. */
import { useCallback, useState } from 'react'
import { type AuditEntry, fetchAudit, verifyAudit } from '../api/auth.ts'
import { messageOf } from '../api/request.ts'
import { formatExact } from '../format/quantity.ts'
import { type PlainColumn, PlainTable } from '../ui/plain-table.tsx'
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
      <PlainTable
        caption='Audit log'
        columns={COLUMNS}
        rows={answer?.entries}
        keyOf={({ seq }) => String(seq)}
        empty='Nothing was changed yet.'
      />
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

const COLUMNS: readonly PlainColumn<AuditEntry>[] = [
  { label: 'No.', cell: ({ seq }) => seq },
  { label: 'Time', cell: ({ atMs }) => dateOf(atMs), className: 'nowrap' },
  { label: 'Who', cell: ({ principal }) => principal.name },
  { label: 'What', cell: ({ action }) => action, className: 'nowrap' },
  { label: 'To', cell: ({ target }) => target, className: 'mono' },
  {
    label: 'Before and after',
    cell: ({ before, after }) =>
      [before, after]
        .map((value) => (value === undefined ? '' : JSON.stringify(value)))
        .filter(Boolean)
        .join(' → '),
    className: 'mono access-change',
  },
  { label: 'From', cell: ({ from }) => from, className: 'mono' },
]
