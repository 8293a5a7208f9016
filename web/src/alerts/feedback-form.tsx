/** What people say of an alert: that it is a false positive, or that they want to see no more like it for a time. */
import { type SyntheticEvent, useState } from 'react'
import {
  addSuppression,
  type Alert,
  markFalsePositive,
  unmarkFalsePositive,
} from '../api/alerts.ts'
import { messageOf } from '../api/request.ts'
import { formatDateTime } from '../format/time.ts'
import { formatRoute } from '../route.ts'
import { ChoiceField, TextField } from '../ui/field.tsx'
import { useToast } from '../ui/toast.tsx'
import { SILENCE_CHOICES, USUAL_SILENCE } from './silence-seconds.ts'
import { suppressionFilter } from './suppression-filter.ts'

interface Props {
  alert: Alert
  onChanged: () => void
}

export const FeedbackForm = ({ alert, onChanged }: Props) => {
  const [reason, setReason] = useState('')
  const [seconds, setSeconds] = useState(USUAL_SILENCE)
  const toast = useToast()
  const act = async (what: () => Promise<unknown>, text: string): Promise<void> => {
    try {
      await what()
      toast({ text, tone: 'good' })
      setReason('')
      onChanged()
    } catch (thrown) {
      toast({ text: messageOf(thrown), tone: 'bad' })
    }
  }
  const { falsePositive, suppressedBy, workflow } = alert
  const filter = suppressionFilter(alert)
  if (falsePositive)
    return (
      <section>
        <h3>False positive</h3>
        <p>
          {falsePositive.author} said so: {falsePositive.reason}. Until{' '}
          {formatDateTime(Date.parse(falsePositive.expiresAt)).slice(0, 10)} the detector has to
          find {falsePositive.factor} times its threshold from the same source to the same target.
        </p>
        <button
          type='button'
          className='button'
          onClick={() => void act(() => unmarkFalsePositive(alert.id), 'Taken back.')}
        >
          Take it back
        </button>
      </section>
    )
  const mark = (event: SyntheticEvent) => {
    event.preventDefault()
    void act(() => markFalsePositive(alert.id, reason), 'Marked as a false positive.')
  }
  const suppress = () =>
    void act(() => addSuppression(filter, reason, Number(seconds)), 'Alerts like it are silenced.')
  return (
    <section>
      <h3>Not worth an alert?</h3>
      {suppressedBy ? (
        <p className='muted'>
          It is held back by{' '}
          {workflow.state === 'silenced' ? (
            <a href={formatRoute('alerts', { part: 'silences' })}>a silence</a>
          ) : (
            <a href={formatRoute('alerts', { alert: suppressedBy })}>
              an alert like it that is a false positive
            </a>
          )}
          .
        </p>
      ) : null}
      <form className='alert-form' onSubmit={mark}>
        <TextField
          label='Why'
          value={reason}
          onChange={setReason}
          required
          maxLength={500}
          placeholder='our own vulnerability scanner'
        />
        <ChoiceField
          label='Silence'
          value={seconds}
          options={SILENCE_CHOICES}
          onChange={setSeconds}
          note={<span className='mono'>{filter}</span>}
        />
        <button type='button' className='button' disabled={reason.trim() === ''} onClick={suppress}>
          Silence alerts like it
        </button>
        <button type='submit' className='button'>
          False positive
        </button>
      </form>
    </section>
  )
}
