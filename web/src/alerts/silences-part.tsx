/** What is held back: silences by filter with their end, and what was said to be a false positive. */
import { type SyntheticEvent, useState } from 'react'
import {
  addSuppression,
  fetchFalsePositives,
  fetchSuppressions,
  type FalsePositiveMark,
  removeSuppression,
  type Suppression,
  unmarkFalsePositive,
} from '../api/alerts.ts'
import { messageOf } from '../api/request.ts'
import { usePolled } from '../devices/use-polled.ts'
import { formatExact } from '../format/quantity.ts'
import { ago, left } from '../respond/time-left.tsx'
import { formatRoute } from '../route.ts'
import { reaches, useMe } from '../session/me.ts'
import { ActButton } from '../ui/act-button.tsx'
import { ChoiceField, TextField } from '../ui/field.tsx'
import { type PlainColumn, PlainTable } from '../ui/plain-table.tsx'
import { useToast } from '../ui/toast.tsx'
import { SILENCE_CHOICES, USUAL_SILENCE } from './silence-seconds.ts'

const AGAIN_MS = 3000

export const SilencesPart = () => {
  const silences = usePolled('silences', fetchSuppressions, AGAIN_MS)
  const marks = usePolled('marks', fetchFalsePositives, AGAIN_MS)
  const mayAct = reaches(useMe().me, 'operator')
  const error = silences.error || marks.error
  return (
    <div className='access'>
      {mayAct ? <SilenceForm onAdded={silences.reload} /> : null}
      {error ? <p className='error'>{error}</p> : null}
      <PlainTable
        caption='Silences'
        isTitled
        columns={SILENCES}
        rows={silences.answer?.suppressions}
        keyOf={({ id }) => id}
        empty='Nothing is silenced: every alert is shown and told.'
      >
        {mayAct
          ? ({ id, filter }) => (
              <ActButton
                label='Remove'
                of='this silence'
                question={`Alerts that are ${filter} are shown and told again, also those that go on now.`}
                run={() => removeSuppression(id)}
                said='The silence is removed.'
                onDone={silences.reload}
              />
            )
          : undefined}
      </PlainTable>
      <PlainTable
        caption='False positives'
        isTitled
        columns={MARKS}
        rows={marks.answer?.falsePositives}
        keyOf={({ alert }) => alert}
        empty='No alert was said to be a false positive.'
      >
        {mayAct
          ? ({ alert, detector }) => (
              <ActButton
                label='Take back'
                of={`the mark of ${detector}`}
                question='The detector is as watchful as before.'
                run={() => unmarkFalsePositive(alert)}
                said='Taken back.'
                onDone={marks.reload}
              />
            )
          : undefined}
      </PlainTable>
    </div>
  )
}

const SILENCES: readonly PlainColumn<Suppression>[] = [
  { label: 'Alerts that are', className: 'mono long', cell: ({ filter }) => filter },
  {
    label: 'Because',
    className: 'long',
    cell: ({ reason, author }) => (
      <>
        {reason} <span className='faint'>by {author}</span>
      </>
    ),
  },
  { label: 'Since', className: 'nowrap', cell: ({ createdAt }) => ago(createdAt) },
  { label: 'Ends', className: 'nowrap', cell: ({ expiresAt }) => left(expiresAt) },
  {
    label: 'Held back',
    cell: ({ hits, lastHit }) => (
      <>
        {formatExact(hits)}{' '}
        {lastHit ? <span className='faint'>the last {ago(lastHit)}</span> : null}
      </>
    ),
  },
]

const MARKS: readonly PlainColumn<FalsePositiveMark>[] = [
  {
    label: 'Alert',
    cell: ({ alert, detector }) => <a href={formatRoute('alerts', { alert })}>{detector}</a>,
  },
  {
    label: 'From and to',
    className: 'long',
    cell: ({ source, target }) => (
      <span className='mono'>
        {source} → {target}
      </span>
    ),
  },
  {
    label: 'Because',
    className: 'long',
    cell: ({ reason, author }) => (
      <>
        {reason} <span className='faint'>by {author}</span>
      </>
    ),
  },
  { label: 'Ends', className: 'nowrap', cell: ({ expiresAt }) => left(expiresAt) },
  {
    label: 'Has to find',
    cell: ({ factor }) => `${formatExact(factor)} times its threshold`,
  },
]

const SilenceForm = ({ onAdded }: { onAdded: () => void }) => {
  const [filter, setFilter] = useState('')
  const [reason, setReason] = useState('')
  const [seconds, setSeconds] = useState(USUAL_SILENCE)
  const [error, setError] = useState('')
  const toast = useToast()
  const add = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault()
    try {
      await addSuppression(filter.trim(), reason.trim(), Number(seconds))
      toast({ text: 'Silenced.', tone: 'good' })
      setFilter('')
      setReason('')
      setError('')
      onAdded()
    } catch (thrown) {
      setError(messageOf(thrown))
    }
  }
  return (
    <form className='access-form' onSubmit={(event) => void add(event)}>
      <TextField
        label='Silence alerts that are'
        className='mono'
        value={filter}
        onChange={setFilter}
        required
        placeholder='detector = scan and src = 10.0.0.9'
        aria-invalid={error ? true : undefined}
      />
      <TextField
        label='Because'
        value={reason}
        onChange={setReason}
        required
        maxLength={500}
        placeholder='our own scanner'
      />
      <ChoiceField label='Holds' value={seconds} options={SILENCE_CHOICES} onChange={setSeconds} />
      <button type='submit' className='button button-primary'>
        Silence
      </button>
      {error ? (
        <p className='error' role='alert'>
          {error}
        </p>
      ) : null}
    </form>
  )
}
