/** What people say of a device: name, role, note, whether it is trusted. */
import { type SyntheticEvent, useState } from 'react'
import { changeDevice, type DeviceDetail } from '../api/devices.ts'
import { messageOf } from '../api/request.ts'
import { useToast } from '../ui/toast.tsx'

const TRUST = { '': 'nobody has said', yes: 'trusted', no: 'not trusted' } as const
type Trust = keyof typeof TRUST

const trustOf = ({ trusted }: DeviceDetail): Trust =>
  trusted === null ? '' : trusted ? 'yes' : 'no'

interface Props {
  device: DeviceDetail
  onChanged: () => void
}

export const DeviceForm = ({ device, onChanged }: Props) => {
  const [name, setName] = useState(device.name)
  // The guess is shown as such: it is not what somebody has said.
  const [role, setRole] = useState(device.roles.includes(device.role) ? '' : device.role)
  const [note, setNote] = useState(device.note)
  const [trust, setTrust] = useState(trustOf(device))
  const toast = useToast()
  const save = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault()
    const trusted = trust === '' ? null : trust === 'yes'
    try {
      await changeDevice(device.id, { name, role, note, trusted })
      toast({ text: 'Saved.' })
      onChanged()
    } catch (thrown) {
      toast({ text: messageOf(thrown), tone: 'bad' })
    }
  }
  return (
    <form className='device-form' onSubmit={(event) => void save(event)}>
      <label>
        Name
        <input value={name} maxLength={100} onChange={(event) => setName(event.target.value)} />
      </label>
      <label>
        Role
        <input
          value={role}
          maxLength={40}
          placeholder={device.roles[0] ?? ''}
          onChange={(event) => setRole(event.target.value)}
        />
      </label>
      <label>
        Trust
        <select value={trust} onChange={(event) => setTrust(event.target.value as Trust)}>
          {Object.entries(TRUST).map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <label>
        Note
        <textarea
          value={note}
          maxLength={2000}
          rows={2}
          onChange={(event) => setNote(event.target.value)}
        />
      </label>
      <button type='submit' className='button'>
        Save
      </button>
    </form>
  )
}
