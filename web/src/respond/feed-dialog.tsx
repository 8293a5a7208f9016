/** Adds a feed: one that is known by its name, or any other with its URL, format and kind. */
import { useState } from 'react'
import { addFeed, type Feed } from '../api/intel.ts'
import { CheckField, ChoiceField, TextField } from '../ui/field.tsx'
import { FormDialog } from '../ui/form-dialog.tsx'

const OTHER = ''
const FORMATS: readonly Feed['format'][] = [
  ...(['plain', 'csv', 'hosts', 'dshield', 'spamhaus', 'feodo'] as const),
  ...(['tor-exit-addresses', 'onionoo', 'stix', 'misp'] as const),
]
const KINDS: readonly (readonly [Feed['kind'], string])[] = [
  ['malicious', 'malicious: do harm'],
  ['attacker', 'attacker: attack others'],
  ['c2', 'c2: command malware'],
  ['tor', 'tor: exits of Tor'],
  ['other', 'other: only marked'],
]

interface Props {
  /** Names that are enough. */
  known: readonly string[]
  onDone: (name: string) => void
  onClose: () => void
}

export const FeedDialog = ({ known, onDone, onClose }: Props) => {
  const [which, setWhich] = useState(known[0] ?? OTHER)
  const [name, setName] = useState('')
  const [url, setUrl] = useState('')
  const [format, setFormat] = useState<string>('plain')
  const [kind, setKind] = useState<string>('malicious')
  const [block, setBlock] = useState(false)
  const submit = async (): Promise<void> => {
    const own = {
      ...{ name: name.trim(), url: url.trim() },
      ...{ format: format as Feed['format'], kind: kind as Feed['kind'] },
    }
    const added = await addFeed({ ...(which === OTHER ? own : { name: which }), block })
    onDone(added.name)
  }
  return (
    <FormDialog title='Add a feed' action='Add' onSubmit={submit} onClose={onClose}>
      <ChoiceField
        label='Feed'
        value={which}
        options={[...known.map((one) => [one, one] as const), [OTHER, 'another, by its URL']]}
        onChange={setWhich}
      />
      {which === OTHER ? (
        <>
          <TextField
            label='Name'
            value={name}
            onChange={setName}
            required
            maxLength={40}
            placeholder='ours'
          />
          <TextField
            label='URL'
            type='url'
            value={url}
            onChange={setUrl}
            required
            placeholder='https://lists.example/bad.txt'
          />
          <ChoiceField label='Format' value={format} options={FORMATS} onChange={setFormat} />
          <ChoiceField label='Its addresses are' value={kind} options={KINDS} onChange={setKind} />
        </>
      ) : null}
      <CheckField label='Block what is on it' value={block} onChange={setBlock} />
    </FormDialog>
  )
}
