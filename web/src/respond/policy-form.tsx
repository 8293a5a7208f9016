/** A new policy: it is previewed before it is made, and observes unless something else is chosen. */
import { type FormEvent, useState } from 'react'
import { addPolicy, type NewPolicy, previewNewPolicy } from '../api/respond.ts'
import { messageOf } from '../api/request.ts'
import { useAct } from './use-act.ts'

const EMPTY = { name: '', when: 'severity >= 60', does: 'block', mode: 'observe', holds: '1h' }
type Values = typeof EMPTY

const DOES: Readonly<Record<string, [text: string, what: NewPolicy['do']]>> = {
  block: ['block the source', { block: 'address', terminate: true }],
  limit: ['limit the source', { rateLimit: { packetsPerSecond: 10, of: 'syn' } }],
  capture: ['capture packets', { capture: '30s' }],
  notify: ['notify', { notify: true }],
}
const MODES: [string, string][] = [
  ['observe', 'observe: only note what it would do'],
  ['ask', 'ask: a person decides'],
  ['enforce', 'enforce: at once, on trial for an hour'],
]

const policyOf = ({ name, when, does, mode, holds }: Values): NewPolicy => ({
  name,
  when,
  do: DOES[does]?.[1] ?? {},
  for: holds,
  mode: mode as 'observe' | 'ask' | 'enforce',
})

export const PolicyForm = ({ onAdded }: { onAdded: () => void }) => {
  const [values, setValues] = useState(EMPTY)
  const [preview, setPreview] = useState({ of: '', text: '', isGood: false })
  const act = useAct(() => {
    setValues(EMPTY)
    onAdded()
  })
  const question = JSON.stringify(policyOf(values))
  const isShown = preview.of === question
  const isReady = isShown && preview.isGood
  const look = async (): Promise<void> => {
    try {
      const { text } = await previewNewPolicy(policyOf(values))
      setPreview({ of: question, text, isGood: true })
    } catch (thrown) {
      setPreview({ of: question, text: messageOf(thrown), isGood: false })
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!isReady) {
      void look()
      return
    }
    act(addPolicy(policyOf(values)), `${values.name} is made.`)
  }
  const set = (change: Partial<Values>) => setValues({ ...values, ...change })
  return (
    <form className='access-form' onSubmit={submit}>
      <Text
        label='Name'
        value={values.name}
        onChange={(name) => set({ name })}
        hint='block-scanners'
      />
      <Text
        label='When'
        value={values.when}
        onChange={(when) => set({ when })}
        hint='severity >= 60'
      />
      <Choice
        label='Does'
        value={values.does}
        options={Object.entries(DOES).map(([id, [text]]) => [id, text])}
        onChange={(does) => set({ does })}
      />
      <Text label='For' value={values.holds} onChange={(holds) => set({ holds })} hint='1h' />
      <Choice label='Mode' value={values.mode} options={MODES} onChange={(mode) => set({ mode })} />
      <button type='submit' className='button button-primary'>
        {isReady ? 'Make the policy' : 'Preview'}
      </button>
      {isShown ? <p className={isReady ? 'muted' : 'error'}>{preview.text}</p> : null}
    </form>
  )
}

interface FieldProps {
  label: string
  value: string
  onChange: (value: string) => void
}

const Text = ({ label, value, onChange, hint }: FieldProps & { hint: string }) => (
  <label className='field'>
    <span>{label}</span>
    <input
      type='text'
      required
      autoComplete='off'
      placeholder={hint}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  </label>
)

const Choice = ({
  label,
  value,
  options,
  onChange,
}: FieldProps & { options: [string, string][] }) => (
  <label className='field'>
    <span>{label}</span>
    <span className='select'>
      <select value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map(([id, text]) => (
          <option key={id} value={id}>
            {text}
          </option>
        ))}
      </select>
    </span>
  </label>
)
