/** Name and password, before anything else is shown. */
import { type FormEvent, useState } from 'react'
import { signIn } from '../api/auth.ts'
import { messageOf } from '../api/request.ts'
import { Icon } from '../ui/icon.tsx'

export const SignInView = ({ onSignedIn }: { onSignedIn: () => void }) => {
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [error, setError] = useState('')
  const [busy, setBusy] = useState(false)

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError('')
    try {
      await signIn(name.trim(), password)
      onSignedIn()
    } catch (thrown) {
      setError(messageOf(thrown))
      setPassword('')
      setBusy(false)
    }
  }
  return (
    <main className='sign-in'>
      <form onSubmit={(event) => void submit(event)} aria-label='Sign in'>
        <h1>
          <img src='/favicon.svg' alt='' width='28' height='28' /> NetScope
        </h1>
        <label className='field'>
          <span>Name</span>
          <input
            type='text'
            name='username'
            autoComplete='username'
            autoCapitalize='none'
            spellCheck={false}
            required
            maxLength={64}
            autoFocus
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <label className='field'>
          <span>Password</span>
          <input
            type='password'
            name='password'
            autoComplete='current-password'
            required
            maxLength={256}
            value={password}
            aria-describedby='sign-in-note'
            onChange={(event) => setPassword(event.target.value)}
          />
        </label>
        <button type='submit' className='button button-primary' disabled={busy}>
          {busy ? 'Signing in …' : 'Sign in'}
        </button>
        <p
          id='sign-in-note'
          className={error ? 'error' : 'faint'}
          role={error ? 'alert' : undefined}
        >
          {error ? <Icon name='warn' /> : null}{' '}
          {error || 'The first start has shown a password for admin on the terminal.'}
        </p>
      </form>
    </main>
  )
}
