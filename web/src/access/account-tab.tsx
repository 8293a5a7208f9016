/** The own account: password, and signing out everywhere. */
import { type FormEvent, useState } from 'react'
import { changePassword, signOutEverywhere } from '../api/auth.ts'
import { messageOf } from '../api/request.ts'
import { useMe } from '../session/me.ts'
import { Icon } from '../ui/icon.tsx'
import { useToast } from '../ui/toast.tsx'

export const AccountTab = () => {
  const { me, leave } = useMe()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const [error, setError] = useState('')
  const toast = useToast()

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setError('')
    try {
      await changePassword(current, next)
      setCurrent('')
      setNext('')
      toast({ text: 'The password is changed; other sessions are signed out.', tone: 'good' })
    } catch (thrown) {
      setError(messageOf(thrown))
    }
  }
  const everywhere = () =>
    void signOutEverywhere().then(leave, (thrown: unknown) =>
      toast({ text: messageOf(thrown), tone: 'bad' }),
    )
  return (
    <>
      <p>
        Signed in as <b>{me.name}</b>, {me.role}.
      </p>
      <form className='access-form' onSubmit={(event) => void submit(event)}>
        <input type='hidden' name='username' autoComplete='username' value={me.name} readOnly />
        <label className='field'>
          <span>Current password</span>
          <input
            type='password'
            required
            autoComplete='current-password'
            value={current}
            onChange={(event) => setCurrent(event.target.value)}
          />
        </label>
        <label className='field'>
          <span>New password</span>
          <input
            type='password'
            required
            minLength={8}
            maxLength={256}
            autoComplete='new-password'
            value={next}
            onChange={(event) => setNext(event.target.value)}
          />
        </label>
        <button type='submit' className='button button-primary'>
          Change the password
        </button>
        {error ? (
          <p className='error' role='alert'>
            <Icon name='warn' /> {error}
          </p>
        ) : null}
      </form>
      <p className='access-actions'>
        <button type='button' className='button' onClick={leave}>
          Sign out
        </button>
        <button type='button' className='button button-block' onClick={everywhere}>
          Sign out everywhere
        </button>
      </p>
    </>
  )
}
