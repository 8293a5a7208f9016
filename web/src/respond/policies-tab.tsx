/** Policies: which alerts are answered by what, in which mode; trial, preview, on and off. */
import { useState } from 'react'
import {
  changePolicy,
  confirmPolicy,
  fetchPolicies,
  type Policy,
  previewPolicy,
  removePolicy,
} from '../api/respond.ts'
import { usePolled } from '../devices/use-polled.ts'
import { reaches, useMe } from '../session/me.ts'
import { PolicyForm } from './policy-form.tsx'
import { doesText } from './policy-words.ts'
import { left } from './time-left.tsx'
import { useAct } from './use-act.ts'

const AGAIN_MS = 5000

export const PoliciesTab = () => {
  const { answer, error, reload } = usePolled('policies', fetchPolicies, AGAIN_MS)
  const mayChange = reaches(useMe().me, 'admin')
  return (
    <>
      {mayChange ? <PolicyForm onAdded={reload} /> : null}
      {error ? <p className='error'>{error}</p> : null}
      <table className='plain-table'>
        <caption className='sr-only'>Policies</caption>
        <thead>
          <tr>
            <th scope='col'>Name</th>
            <th scope='col'>When</th>
            <th scope='col'>Does</th>
            <th scope='col'>For</th>
            <th scope='col'>Mode</th>
            <th scope='col'>Trial</th>
            <th scope='col'>
              <span className='sr-only'>Change</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {answer?.policies.map((policy) => (
            <PolicyRow key={policy.name} policy={policy} mayChange={mayChange} reload={reload} />
          ))}
        </tbody>
      </table>
      {answer?.policies.length === 0 ? (
        <p className='faint'>
          There is no policy: alerts are shown, and nothing is done by itself.
        </p>
      ) : null}
    </>
  )
}

interface RowProps {
  policy: Policy
  mayChange: boolean
  reload: () => void
}

const PolicyRow = ({ policy, mayChange, reload }: RowProps) => {
  const { name, description, when, mode, modeNow, enabled, trial, trialUntil } = policy
  const [preview, setPreview] = useState('')
  const act = useAct(reload)
  const show = () =>
    act(previewPolicy(name), ({ text }) => {
      setPreview(text)
      return `${name}: ${text}`
    })
  return (
    <tr>
      <td title={description}>
        {name} {policy.origin === 'file' ? <span className='faint'>by file</span> : null}
      </td>
      <td className='mono'>{when}</td>
      <td>{doesText(policy)}</td>
      <td>{policy.for}</td>
      <td>
        {enabled ? modeNow : 'off'}
        {enabled && mode !== modeNow ? <span className='faint'> (wants to {mode})</span> : null}
      </td>
      <td>{trial === 'running' ? <>stops {left(trialUntil)}</> : trial.replace('none', '–')}</td>
      <td>
        <button type='button' className='button' onClick={show}>
          Preview
        </button>{' '}
        {mayChange ? <Changes policy={policy} act={act} /> : null}
        {preview ? <p className='muted'>{preview}</p> : null}
      </td>
    </tr>
  )
}

const Changes = ({ policy, act }: { policy: Policy; act: ReturnType<typeof useAct> }) => {
  const { name, trial, enabled, origin } = policy
  const remove = () => {
    // oxlint-disable-next-line no-alert -- the browser's own question does
    if (window.confirm(`Remove the policy ${name}? What it has blocked stays until it ends.`))
      act(removePolicy(name), `${name} is removed.`)
  }
  return (
    <>
      {trial === 'running' || trial === 'reverted' ? (
        <button
          type='button'
          className='button button-primary'
          onClick={() => act(confirmPolicy(name), `${name} is confirmed.`)}
        >
          Confirm
        </button>
      ) : null}{' '}
      {origin === 'file' ? null : (
        <>
          <button
            type='button'
            className='button'
            onClick={() =>
              act(
                changePolicy(name, { enabled: !enabled }),
                `${name} is ${enabled ? 'off' : 'on'}.`,
              )
            }
          >
            {enabled ? 'Switch off' : 'Switch on'}
          </button>{' '}
          <button type='button' className='button' onClick={remove}>
            Remove
          </button>
        </>
      )}
    </>
  )
}
