/** A new channel: its settings are what its kind asks for. */
import { type FormEvent, useState } from 'react'
import { useAsked } from '../access/use-asked.ts'
import { addChannel, fetchChannelKinds } from '../api/notify.ts'
import { useAct } from './use-act.ts'

/** What is used here of the JSON Schema of a kind's settings. */
interface SettingsSchema {
  properties: Record<
    string,
    { type?: string; description?: string; enum?: string[]; default?: unknown }
  >
  required?: string[]
}

export const ChannelForm = ({ onAdded }: { onAdded: () => void }) => {
  const { answer } = useAsked(fetchChannelKinds)
  const [kind, setKind] = useState('')
  const [name, setName] = useState('')
  const [values, setValues] = useState<Record<string, string>>({})
  const act = useAct(() => {
    setValues({})
    setName('')
    onAdded()
  })
  const chosen = answer?.kinds.find((one) => one.kind === kind) ?? answer?.kinds[0]
  if (!chosen) return null
  const schema = chosen.settings as SettingsSchema
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const settings = Object.fromEntries(
      Object.entries(values)
        .filter(([, text]) => text !== '')
        .map(([key, text]) => [key, valueOf(text, schema.properties[key]?.type)]),
    )
    act(addChannel({ name: name.trim(), kind: chosen.kind, settings }), `${name} is made.`)
  }
  return (
    <form className='access-form' onSubmit={submit} title={chosen.description}>
      <label className='field'>
        <span>Channel</span>
        <span className='select'>
          <select
            value={chosen.kind}
            onChange={(event) => {
              setKind(event.target.value)
              setValues({})
            }}
          >
            {answer?.kinds.map((one) => (
              <option key={one.kind}>{one.kind}</option>
            ))}
          </select>
        </span>
      </label>
      <label className='field'>
        <span>Name</span>
        <input
          type='text'
          required
          autoComplete='off'
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      {Object.entries(schema.properties).map(([key, { description, default: usual }]) => (
        <label key={key} className='field' title={description}>
          <span>{key}</span>
          <input
            type={chosen.secrets.includes(key) ? 'password' : 'text'}
            required={schema.required?.includes(key) && usual === undefined}
            autoComplete='off'
            placeholder={textOf(usual)}
            value={values[key] ?? ''}
            onChange={(event) => setValues({ ...values, [key]: event.target.value })}
          />
        </label>
      ))}
      <button type='submit' className='button button-primary'>
        Add
      </button>
    </form>
  )
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)

const valueOf = (text: string, type: string | undefined): unknown => {
  if (type === 'integer' || type === 'number') return Number(text)
  if (type === 'boolean') return text === 'true' || text === 'yes'
  return type === 'array' ? text.split(/[\s,]+/) : text
}
