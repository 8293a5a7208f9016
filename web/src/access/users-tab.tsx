/** Users, for an admin. */
import { type FormEvent, useState } from 'react'
import {
  changeUser,
  createUser,
  fetchUsers,
  removeUser,
  ROLES,
  type Role,
  type User,
} from '../api/auth.ts'
import { messageOf } from '../api/request.ts'
import { Icon } from '../ui/icon.tsx'
import { type PlainColumn, PlainTable } from '../ui/plain-table.tsx'
import { useToast } from '../ui/toast.tsx'
import { dateOf } from './date-of.ts'
import { SecretNote } from './secret-note.tsx'
import { useAsked } from './use-asked.ts'

export const UsersTab = () => {
  const { answer, error, reload } = useAsked(fetchUsers)
  const [made, setMade] = useState<{ name: string; password: string }>()
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const toast = useToast()

  const run = (what: Promise<unknown>, whose: string) =>
    void what.then(
      (changed) => {
        const { password } = (changed ?? {}) as { password?: string }
        if (password !== undefined) setMade({ name: whose, password })
        reload()
      },
      (thrown: unknown) => toast({ text: messageOf(thrown), tone: 'bad' }),
    )
  const remove = (whose: string) => {
    // oxlint-disable-next-line no-alert -- the browser's own question does; the tokens go too
    if (window.confirm(`Remove ${whose} with all sessions and tokens?`))
      run(removeUser(whose), whose)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    run(createUser(name.trim(), role), name.trim())
    setName('')
  }
  return (
    <>
      <form className='access-form' onSubmit={submit}>
        <label className='field'>
          <span>Name</span>
          <input
            type='text'
            required
            maxLength={63}
            pattern='[A-Za-z0-9][A-Za-z0-9._@\-]*'
            title='Letters, digits, dot, hyphen, underscore, @'
            autoComplete='off'
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <RoleSelect label='Role' value={role} onChange={setRole} />
        <button type='submit' className='button button-primary'>
          <Icon name='plus' /> Make an account
        </button>
      </form>
      {made ? (
        <SecretNote
          what={`The password of ${made.name}.`}
          secret={made.password}
          onClose={() => setMade(undefined)}
        />
      ) : null}
      {error ? <p className='error'>{error}</p> : null}
      <PlainTable
        caption='Users'
        columns={columnsOf((user, role) => run(changeUser(user, { role }), user))}
        rows={answer?.users}
        keyOf={({ name: of }) => of}
        empty='There is no account.'
      >
        {(user) => (
          <>
            <button
              type='button'
              className='button'
              onClick={() => run(changeUser(user.name, { password: '' }), user.name)}
            >
              New password
            </button>
            <button
              type='button'
              className='button'
              onClick={() => run(changeUser(user.name, { disabled: !user.disabled }), user.name)}
            >
              {user.disabled ? 'Enable' : 'Disable'}
            </button>
            <button type='button' className='button button-block' onClick={() => remove(user.name)}>
              Remove
            </button>
          </>
        )}
      </PlainTable>
    </>
  )
}

type ChangeRole = (user: string, role: Role) => void

const columnsOf = (change: ChangeRole): readonly PlainColumn<User>[] => [
  {
    label: 'Name',
    cell: ({ name, disabled }) =>
      disabled ? <span className='faint'>{name} (disabled)</span> : name,
  },
  {
    label: 'Role',
    cell: ({ name, role }) => (
      <RoleSelect
        label={`Role of ${name}`}
        hidden
        value={role}
        onChange={(next) => change(name, next)}
      />
    ),
  },
  { label: 'Last sign-in', cell: ({ lastSignInAtMs }) => dateOf(lastSignInAtMs) },
]

interface RoleSelectProps {
  label: string
  value: Role
  onChange: (role: Role) => void
  hidden?: boolean
}

const RoleSelect = ({ label, value, onChange, hidden = false }: RoleSelectProps) => (
  <label className='field'>
    <span className={hidden ? 'sr-only' : ''}>{label}</span>
    <select value={value} onChange={(event) => onChange(event.target.value as Role)}>
      {ROLES.map((one) => (
        <option key={one}>{one}</option>
      ))}
    </select>
  </label>
)
