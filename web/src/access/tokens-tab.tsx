/** API tokens for programs: the own ones; for an admin those of all. */
import { useState } from 'react'
import { fetchTokens, revokeToken, type Token } from '../api/auth.ts'
import { messageOf } from '../api/request.ts'
import { useToast } from '../ui/toast.tsx'
import { dateOf } from './date-of.ts'
import { SecretNote } from './secret-note.tsx'
import { TokenForm } from './token-form.tsx'
import { useAsked } from './use-asked.ts'

export const TokensTab = () => {
  const { answer, error, reload } = useAsked(fetchTokens)
  const [secret, setSecret] = useState('')
  const toast = useToast()
  const revoke = ({ id, name }: Token) =>
    void revokeToken(id).then(
      () => {
        toast({ text: `The token ${name} is revoked.`, tone: 'good' })
        reload()
      },
      (thrown: unknown) => toast({ text: messageOf(thrown), tone: 'bad' }),
    )
  return (
    <>
      <TokenForm
        onMade={(made) => {
          setSecret(made)
          reload()
        }}
      />
      {secret ? (
        <SecretNote what='The new token.' secret={secret} onClose={() => setSecret('')} />
      ) : null}
      {error ? <p className='error'>{error}</p> : null}
      <table className='plain-table'>
        <caption className='sr-only'>Tokens</caption>
        <thead>
          <tr>
            <th scope='col'>Name</th>
            <th scope='col'>Begins with</th>
            <th scope='col'>Role</th>
            <th scope='col'>Confined to</th>
            <th scope='col'>Of</th>
            <th scope='col'>Expires</th>
            <th scope='col'>Last used</th>
            <th scope='col'>
              <span className='sr-only'>Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {answer?.tokens.map((token) => (
            <tr key={token.id}>
              <td>{token.name}</td>
              <td className='mono'>{token.prefix}…</td>
              <td>{token.role}</td>
              <td>{token.scopes.join(', ') || '–'}</td>
              <td>{token.user || 'this machine'}</td>
              <td>{dateOf(token.expiresAtMs)}</td>
              <td>{dateOf(token.lastUsedAtMs)}</td>
              <td>
                <button type='button' className='button' onClick={() => revoke(token)}>
                  Revoke
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {answer?.tokens.length === 0 ? <p className='faint'>There is no token yet.</p> : null}
    </>
  )
}
