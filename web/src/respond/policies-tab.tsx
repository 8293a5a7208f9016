/** Policies: which alerts are answered by what, in which mode; trial, preview, on and off. */
import { useState } from 'react'
import {
  changePolicy,
  confirmPolicy,
  fetchPolicies,
  type Policy,
  removePolicy,
} from '../api/respond.ts'
import { usePolled } from '../devices/use-polled.ts'
import { reaches, useMe } from '../session/me.ts'
import { ActButton } from '../ui/act-button.tsx'
import { type PlainColumn, PlainTable } from '../ui/plain-table.tsx'
import { useToast } from '../ui/toast.tsx'
import { PolicyDialog } from './policy-dialog.tsx'
import { PreviewButton } from './policy-preview.tsx'
import { doesText, escalateText } from './policy-words.ts'
import { exactlyLeft } from './time-left.tsx'

const AGAIN_MS = 2000

export const PoliciesTab = () => {
  const { answer, error, reload } = usePolled('policies', fetchPolicies, AGAIN_MS)
  /** Which is changed; `undefined` inside: a new one. */
  const [open, setOpen] = useState<{ policy: Policy | undefined }>()
  const mayChange = reaches(useMe().me, 'admin')
  const toast = useToast()
  const done = ({ name, trial }: Policy) => {
    const until = trial === 'running' ? ': it is on trial until you confirm it' : ''
    toast({ text: `${name} is ${open?.policy ? 'changed' : 'made'}${until}.`, tone: 'good' })
    setOpen(undefined)
    reload()
  }
  return (
    <>
      {mayChange ? (
        <div className='access-actions'>
          <button
            type='button'
            className='button button-primary'
            onClick={() => setOpen({ policy: undefined })}
          >
            Add a policy
          </button>
        </div>
      ) : null}
      {error ? <p className='error'>{error}</p> : null}
      <PlainTable
        caption='Policies'
        columns={COLUMNS}
        rows={answer?.policies}
        keyOf={({ name }) => name}
        empty='There is no policy: alerts are shown, and nothing is done by itself.'
      >
        {(policy) => (
          <>
            <PreviewButton policy={policy} />
            {mayChange ? (
              <Changes policy={policy} reload={reload} onChange={() => setOpen({ policy })} />
            ) : null}
          </>
        )}
      </PlainTable>
      {open ? (
        <PolicyDialog policy={open.policy} onDone={done} onClose={() => setOpen(undefined)} />
      ) : null}
    </>
  )
}

const COLUMNS: readonly PlainColumn<Policy>[] = [
  {
    label: 'Name',
    className: 'long',
    cell: ({ name, description, origin }) => (
      <>
        {name} {origin === 'file' ? <span className='faint'>by file</span> : null}
        {description ? <p className='faint'>{description}</p> : null}
      </>
    ),
  },
  { label: 'When', className: 'mono long', cell: ({ when }) => when },
  { label: 'Does', className: 'long', cell: (policy) => doesText(policy) },
  {
    label: 'For',
    cell: (policy) => (
      <>
        {policy.for} <span className='faint'>{escalateText(policy)}</span>
      </>
    ),
  },
  { label: 'Mode', cell: (policy) => <Mode policy={policy} /> },
]

const Mode = ({ policy: { enabled, mode, modeNow, trial, trialUntil } }: { policy: Policy }) => {
  if (!enabled) return <span className='badge'>off</span>
  return (
    <>
      <span className={`badge ${modeNow === 'enforce' ? 'badge-ssh' : ''}`}>{modeNow}</span>
      {trial === 'running' && trialUntil ? (
        <p className='trial'>on trial for {exactlyLeft(trialUntil)}, then it only observes</p>
      ) : trial === 'reverted' ? (
        <p className='error'>Nobody confirmed the trial: what it did is undone.</p>
      ) : mode !== modeNow ? (
        <p className='faint'>wants to {mode}</p>
      ) : null}
    </>
  )
}

interface ChangesProps {
  policy: Policy
  reload: () => void
  onChange: () => void
}

const Changes = ({ policy, reload, onChange }: ChangesProps) => {
  const { name, trial, enabled, origin } = policy
  const shared = { of: name, onDone: reload }
  return (
    <>
      {trial === 'running' || trial === 'reverted' ? (
        <ActButton
          {...shared}
          isPrimary
          label='Confirm'
          run={() => confirmPolicy(name)}
          said={`${name} is confirmed: it enforces.`}
        />
      ) : null}
      {origin === 'file' ? null : (
        <>
          <button type='button' className='button' aria-label={`Change ${name}`} onClick={onChange}>
            Change
          </button>
          <ActButton
            {...shared}
            label={enabled ? 'Switch off' : 'Switch on'}
            run={() => changePolicy(name, { enabled: !enabled })}
            said={`${name} is ${enabled ? 'off' : 'on'}.`}
          />
          <ActButton
            {...shared}
            label='Remove'
            question='What it has blocked stays until it ends.'
            run={() => removePolicy(name)}
            said={`${name} is removed.`}
          />
        </>
      )}
    </>
  )
}
