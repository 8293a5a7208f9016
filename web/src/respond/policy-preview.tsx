/** What a policy would have done, by the alerts and flows that are kept. */
import { useState } from 'react'
import { type Policy, type PolicyPreview, previewPolicy } from '../api/respond.ts'
import { useAsked } from '../access/use-asked.ts'
import { formatExact } from '../format/quantity.ts'
import { formatRoute } from '../route.ts'
import { Dialog } from '../ui/dialog.tsx'

const MOST = 20

/** Once, when it comes. */
const intoView = (element: HTMLElement | null): void =>
  element?.scrollIntoView({ block: 'nearest' })

export const PreviewText = ({
  found: { text, isCut, actions, refused },
}: {
  found: PolicyPreview
}) => (
  <div className='preview' role='status' ref={intoView}>
    <p>
      {text.charAt(0).toUpperCase() + text.slice(1)}.
      {isCut ? ' There were more alerts than could be looked at.' : ''}
    </p>
    {actions.length > 0 ? (
      <ul>
        {actions.slice(0, MOST).map((one) => (
          <li key={one.target + one.alert + one.from}>
            <span className='mono'>{one.target}</span> {one.name}{' '}
            <span className='muted'>
              {formatExact(one.flows)} {one.flows === 1 ? 'flow' : 'flows'}, for{' '}
              <a href={formatRoute('alerts', { alert: one.alert })}>{one.title}</a>
              {one.isSpoofable ? '; may be forged: a minute at most' : ''}
            </span>
          </li>
        ))}
        {actions.length > MOST ? <li>… and {formatExact(actions.length - MOST)} more</li> : null}
      </ul>
    ) : null}
    {refused.length > 0 ? (
      <>
        <p>Refused:</p>
        <ul>
          {refused.slice(0, MOST).map((one) => (
            <li key={one.target + one.title}>
              <span className='mono'>{one.target}</span> <span className='muted'>{one.reason}</span>
            </li>
          ))}
        </ul>
      </>
    ) : null}
  </div>
)

/** Of a policy that there is. */
export const PreviewButton = ({ policy: { name } }: { policy: Policy }) => {
  const [open, setOpen] = useState(false)
  return (
    <>
      <button
        type='button'
        className='button'
        aria-label={`Preview ${name}`}
        onClick={() => setOpen(true)}
      >
        Preview
      </button>
      {open ? (
        <Dialog
          title={`If ${name} had enforced`}
          className='dialog-wide'
          onClose={() => setOpen(false)}
        >
          <Found name={name} />
        </Dialog>
      ) : null}
    </>
  )
}

const Found = ({ name }: { name: string }) => {
  const [ask] = useState(() => () => previewPolicy(name))
  const { answer, error } = useAsked(ask)
  if (error) return <p className='error'>{error}</p>
  return answer ? <PreviewText found={answer} /> : <p className='faint'>Looking …</p>
}
