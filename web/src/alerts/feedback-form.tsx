/** What people say of an alert: that it is a false positive, or that they want to see no more like it. */
import { type SyntheticEvent, useState } from 'react'
import {
  addSuppression,
  type Alert,
  markFalsePositive,
  unmarkFalsePositive,
} from '../api/alerts.ts'
import { messageOf } from '../api/request.ts'
import { formatDateTime } from '../format/time.ts'
import { useToast } from '../ui/toast.tsx'
import { suppressionFilter } from './suppression-filter.ts'

const MONTH_SECONDS = 30 * 86_400

interface Props {
  alert: Alert
  onChanged: () => void
}

export const FeedbackForm = ({ alert, onChanged }: Props) => {
  const [reason, setReason] = useState('')
  const toast = useToast()
  const act = async (what: () => Promise<unknown>, text: string): Promise<void> => {
    try {
      await what()
      toast({ text })
      setReason('')
      onChanged()
    } catch (thrown) {
      toast({ text: messageOf(thrown), tone: 'bad' })
    }
  }
  const { falsePositive, suppressedBy } = alert
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
    void act(() => addSuppression(suppressionFilter(alert), reason, MONTH_SECONDS), 'Suppressed.')
  return (
    <section>
      <h3>Not worth an alert?</h3>
      {suppressedBy ? <p className='muted'>It is suppressed by {suppressedBy}.</p> : null}
      <form className='alert-form' onSubmit={mark}>
        <label className='field'>
          <span>Why</span>
          <input
            type='text'
            required
            maxLength={500}
            placeholder='our own vulnerability scanner'
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </label>
        <button type='submit' className='button'>
          False positive
        </button>
        <button
          type='button'
          className='button'
          disabled={reason.trim() === ''}
          title={suppressionFilter(alert)}
          onClick={suppress}
        >
          Suppress for 30 days
        </button>
      </form>
    </section>
  )
}
