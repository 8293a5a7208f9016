/** Makes a channel or changes one: the settings that its kind asks for, and the rules of what it is told. */
import { useState } from 'react'
import { useAsked } from '../access/use-asked.ts'
import {
  addChannel,
  changeChannel,
  type Channel,
  type ChannelKind,
  fetchChannelKinds,
} from '../api/notify.ts'
import { CheckField, ChoiceField, TextField } from '../ui/field.tsx'
import { FormDialog } from '../ui/form-dialog.tsx'
import { bodyOf, type ChannelValues, schemaOf, textOf, valuesOf } from './channel-values.ts'

interface Props {
  /** Undefined: a new one. */
  channel: Channel | undefined
  onDone: (name: string) => void
  onClose: () => void
}

export const ChannelDialog = ({ channel, onDone, onClose }: Props) => {
  const { answer, error } = useAsked(fetchChannelKinds)
  if (answer) return <Known kinds={answer.kinds} {...{ channel, onDone, onClose }} />
  return error ? <p className='error'>{error}</p> : null
}

const Known = ({ kinds, channel, onDone, onClose }: Props & { kinds: ChannelKind[] }) => {
  const [kind, setKind] = useState<string>(channel?.kind ?? kinds[0]?.kind ?? '')
  const chosen = kinds.find((one) => one.kind === kind)
  const [name, setName] = useState(channel?.name ?? '')
  const [values, setValues] = useState<ChannelValues>(() =>
    valuesOf(channel, chosen?.secrets ?? []),
  )
  if (!chosen) return null
  const submit = async (): Promise<void> => {
    const body = bodyOf(values, schemaOf(chosen))
    if (channel) await changeChannel(channel.name, body)
    else await addChannel({ name: name.trim(), kind, ...body })
    onDone(channel?.name ?? name.trim())
  }
  const choose = (to: string) => {
    setKind(to)
    setValues({ ...values, settings: {} })
  }
  return (
    <FormDialog
      title={channel ? `Change ${channel.name}` : 'Add a channel'}
      action={channel ? 'Change' : 'Add'}
      isWide
      onSubmit={submit}
      onClose={onClose}
    >
      {channel ? null : (
        <div className='field-row'>
          <ChoiceField
            label='Kind'
            value={kind}
            options={kinds.map((one) => one.kind)}
            onChange={choose}
            note={chosen.description}
          />
          <TextField
            label='Name'
            value={name}
            onChange={setName}
            required
            maxLength={40}
            placeholder='ops, phone …'
          />
        </div>
      )}
      <Settings
        kind={chosen}
        isNew={!channel}
        values={values.settings}
        onChange={(settings) => setValues({ ...values, settings })}
      />
      <Rules values={values} onChange={(change) => setValues({ ...values, ...change })} />
    </FormDialog>
  )
}

interface SettingsProps {
  kind: ChannelKind
  isNew: boolean
  values: Record<string, string>
  onChange: (values: Record<string, string>) => void
}

const Settings = ({ kind, isNew, values, onChange }: SettingsProps) => {
  const { properties, required = [] } = schemaOf(kind)
  return (
    <div className='field-row'>
      {Object.entries(properties).map(([key, setting]) => {
        const usual = textOf(setting.default)
        const set = (text: string) => onChange({ ...values, [key]: text })
        const shared = { label: labelOf(key), note: setting.description, onChange: set }
        if (setting.enum)
          return (
            <ChoiceField
              key={key}
              {...shared}
              value={values[key] ?? usual}
              options={setting.enum}
            />
          )
        const isSecret = kind.secrets.includes(key)
        return (
          <TextField
            key={key}
            {...shared}
            value={values[key] ?? ''}
            type={isSecret ? 'password' : 'text'}
            autoComplete={isSecret ? 'new-password' : 'off'}
            inputMode={setting.type === 'integer' ? 'numeric' : undefined}
            required={required.includes(key) && usual === '' && (isNew || !isSecret)}
            placeholder={isSecret && !isNew ? 'as it is' : usual}
          />
        )
      })}
    </div>
  )
}

/** `url` → `URL`, `host` → `Host` */
const labelOf = (key: string): string =>
  key === 'url' ? 'URL' : key.charAt(0).toUpperCase() + key.slice(1)

interface RulesProps {
  values: ChannelValues
  onChange: (change: Partial<ChannelValues>) => void
}

const LABELS = ['info', 'low', 'medium', 'high', 'critical'] as const

const Rules = ({ values, onChange }: RulesProps) => (
  <fieldset className='field-group'>
    <legend>What it is told</legend>
    <div className='field-row'>
      <ChoiceField
        label='At least'
        value={values.minSeverity}
        options={LABELS}
        onChange={(text) => onChange({ minSeverity: text as ChannelValues['minSeverity'] })}
      />
      <TextField
        label='Only alerts that are'
        value={values.filter}
        placeholder='all: or detector = scan'
        onChange={(filter) => onChange({ filter })}
      />
      <TextField
        label='Seconds to wait for more'
        value={values.groupSeconds}
        {...{ type: 'number', min: 0, max: 3600, required: true }}
        onChange={(groupSeconds) => onChange({ groupSeconds })}
      />
      <TextField
        label='Messages a day'
        value={values.dailyBudget}
        {...{ type: 'number', min: 1, max: 100_000, required: true }}
        onChange={(dailyBudget) => onChange({ dailyBudget })}
        note='The rest comes in one the next day.'
      />
      <TextField
        label='Quiet from'
        value={values.quietFrom}
        {...{ type: 'time', required: values.quietTo !== '' }}
        onChange={(quietFrom) => onChange({ quietFrom })}
        note='Then only critical alerts are told.'
      />
      <TextField
        label='Quiet until'
        value={values.quietTo}
        {...{ type: 'time', required: values.quietFrom !== '' }}
        onChange={(quietTo) => onChange({ quietTo })}
      />
      <TextField
        label='Time zone'
        value={values.timeZone}
        required
        onChange={(timeZone) => onChange({ timeZone })}
      />
    </div>
    <CheckField
      label='Also new devices, services, destinations and behaviour'
      value={values.newThings}
      onChange={(newThings) => onChange({ newThings })}
    />
  </fieldset>
)
