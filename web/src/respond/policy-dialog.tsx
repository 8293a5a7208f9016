/** Makes a policy or changes one, once it was seen what it would have done. */
import { useState } from 'react'
import {
  addPolicy,
  type Policy,
  type PolicyPreview,
  previewNewPolicy,
  replacePolicy,
} from '../api/respond.ts'
import { CheckField, ChoiceField, TextField } from '../ui/field.tsx'
import { FormDialog } from '../ui/form-dialog.tsx'
import { PreviewText } from './policy-preview.tsx'
import { policyOf, type PolicyValues, policyValuesOf } from './policy-values.ts'

interface Props {
  /** Undefined: a new one. */
  policy: Policy | undefined
  onDone: (policy: Policy) => void
  onClose: () => void
}

export const PolicyDialog = ({ policy, onDone, onClose }: Props) => {
  const [values, setValues] = useState(() => policyValuesOf(policy))
  const [preview, setPreview] = useState<{ of: string; found: PolicyPreview }>()
  const wanted = policyOf(values, policy)
  const question = JSON.stringify(wanted)
  const isReady = preview?.of === question
  const submit = async (): Promise<void> => {
    if (isReady) onDone(await (policy ? replacePolicy(policy.name, wanted) : addPolicy(wanted)))
    else {
      // A webhook is not called in a preview, and that of a policy cannot be read.
      const { webhook: _webhook, ...does } = wanted.do
      setPreview({ of: question, found: await previewNewPolicy({ ...wanted, do: does }) })
    }
  }
  const set = (change: Partial<PolicyValues>) => setValues({ ...values, ...change })
  return (
    <FormDialog
      title={policy ? `Change ${policy.name}` : 'Add a policy'}
      action={isReady ? (policy ? 'Change it' : 'Make the policy') : 'Preview'}
      isWide
      onSubmit={submit}
      onClose={onClose}
    >
      <Which values={values} set={set} isNew={!policy} />
      <Does values={values} set={set} hadWebhook={Boolean(policy?.do.webhook)} />
      <HowLong values={values} set={set} />
      {isReady ? <PreviewText found={preview.found} /> : null}
    </FormDialog>
  )
}

interface PartProps {
  values: PolicyValues
  set: (change: Partial<PolicyValues>) => void
}

const Which = ({ values, set, isNew }: PartProps & { isNew: boolean }) => (
  <>
    {isNew ? (
      <TextField
        label='Name'
        value={values.name}
        onChange={(name) => set({ name })}
        required
        maxLength={40}
        placeholder='block-scanners'
        note='a to z, 0 to 9 and -'
      />
    ) : null}
    <TextField
      label='Description'
      value={values.description}
      onChange={(description) => set({ description })}
      maxLength={300}
      placeholder='what it is for'
    />
    <TextField
      label='When an alert is'
      className='mono'
      value={values.when}
      onChange={(when) => set({ when })}
      required
      note='Such as detector ~ scan and severity >= 60 and risk >= 80'
    />
  </>
)

const Does = ({ values, set, hadWebhook }: PartProps & { hadWebhook: boolean }) => (
  <fieldset className='field-group'>
    <legend>What it does</legend>
    <div className='field-row'>
      <ChoiceField
        label='Block'
        value={values.block}
        options={[
          ['address', 'the address'],
          ['prefix', 'its prefix'],
          ['no', 'nothing'],
        ]}
        onChange={(block) => set({ block })}
      />
      <ChoiceField
        label='Of the'
        value={values.side}
        options={['source', 'target']}
        onChange={(side) => set({ side })}
      />
      <ChoiceField
        label='At'
        value={values.at}
        options={[
          ['all', 'all agents'],
          ['seen', 'the agent that saw it'],
        ]}
        onChange={(at) => set({ at })}
      />
      <TextField
        label='At most, a second'
        value={values.limit}
        {...{ type: 'number', min: 1, max: 1_000_000, placeholder: 'no limit' }}
        onChange={(limit) => set({ limit })}
      />
      <ChoiceField
        label='Of its'
        value={values.limitOf}
        options={[
          ['syn', 'new connections'],
          ['packets', 'packets'],
        ]}
        onChange={(limitOf) => set({ limitOf })}
      />
      <TextField
        label='Capture its packets for'
        value={values.capture}
        onChange={(capture) => set({ capture })}
        placeholder='not, or 30s'
      />
      <TextField
        label='Call a webhook'
        value={values.webhook}
        {...{ type: 'password', autoComplete: 'new-password' }}
        placeholder={hadWebhook ? 'as it is' : 'https://…'}
        onChange={(webhook) => set({ webhook })}
      />
    </div>
    <CheckField
      label='End its connections'
      value={values.terminate}
      onChange={(terminate) => set({ terminate })}
    />
    <CheckField
      label='Tell all channels what was done'
      value={values.notify}
      onChange={(notify) => set({ notify })}
    />
  </fieldset>
)

const HowLong = ({ values, set }: PartProps) => (
  <div className='field-row'>
    <TextField
      label='For'
      value={values.holds}
      onChange={(holds) => set({ holds })}
      required
      placeholder='1h'
    />
    <TextField
      label='Each time so many times as long'
      value={values.factor}
      {...{ type: 'number', min: 1, max: 24, required: true }}
      onChange={(factor) => set({ factor })}
    />
    {Number(values.factor) > 1 ? (
      <TextField
        label='But at most'
        value={values.cap}
        onChange={(cap) => set({ cap })}
        required
        placeholder='7d'
      />
    ) : null}
    <ChoiceField
      label='Mode'
      value={values.mode}
      options={[
        ['observe', 'observe: only note it'],
        ['ask', 'ask: a person decides'],
        ['enforce', 'enforce: on trial first'],
      ]}
      onChange={(mode) => set({ mode })}
    />
    {values.mode === 'enforce' ? (
      <TextField
        label='Trial'
        value={values.trial}
        onChange={(trial) => set({ trial })}
        required
        placeholder='1h'
        note='Unless you confirm it in that time, all is undone and it only observes.'
      />
    ) : null}
  </div>
)
