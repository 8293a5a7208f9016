/** Makes an API token. */
import { type FormEvent, useState } from 'react'
import { createToken, ROLES, type Role } from '../api/auth.ts'
import { messageOf } from '../api/request.ts'
import { reaches, useMe } from '../session/me.ts'
import { Icon } from '../ui/icon.tsx'

const DAYS = [7, 30, 90, 365, 0]
/** What programs are mostly confined to; the API knows more. */
const SCOPES = ['', 'metrics', 'flows', 'events', 'lists', 'devices', 'agents', 'status']

export const TokenForm = ({ onMade }: { onMade: (secret: string) => void }) => {
  const { me } = useMe()
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const [scope, setScope] = useState('')
  const [days, setDays] = useState(90)
  const [error, setError] = useState('')

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setError('')
    try {
      const scopes = scope === '' ? [] : [scope]
      const { secret } = await createToken({ name: name.trim(), role, scopes, expiresInDays: days })
      setName('')
      onMade(secret)
    } catch (thrown) {
      setError(messageOf(thrown))
    }
  }
  return (
    <form className='access-form' onSubmit={(event) => void submit(event)}>
      <label className='field'>
        <span>Name of the program</span>
        <input
          type='text'
          required
          maxLength={100}
          placeholder='prometheus, backup script …'
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <label className='field'>
        <span>Role</span>
        <select value={role} onChange={(event) => setRole(event.target.value as Role)}>
          {ROLES.filter((one) => reaches(me, one)).map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      <label className='field'>
        <span>Confined to</span>
        <select value={scope} onChange={(event) => setScope(event.target.value)}>
          {SCOPES.map((one) => (
            <option key={one} value={one}>
              {one || 'nothing: all of its role'}
            </option>
          ))}
        </select>
      </label>
      <label className='field'>
        <span>Expires</span>
        <select value={days} onChange={(event) => setDays(Number(event.target.value))}>
          {DAYS.map((one) => (
            <option key={one} value={one}>
              {one === 0 ? 'never' : `in ${one} days`}
            </option>
          ))}
        </select>
      </label>
      <button type='submit' className='button button-primary'>
        <Icon name='plus' /> Make a token
      </button>
      {error ? (
        <p className='error' role='alert'>
          <Icon name='warn' /> {error}
        </p>
      ) : null}
    </form>
  )
}
