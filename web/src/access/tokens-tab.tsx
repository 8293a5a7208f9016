/** API tokens for programs: the own ones; for an admin those of all. */
import { useState } from 'react'
import { fetchTokens, revokeToken, type Token } from '../api/auth.ts'
import { messageOf } from '../api/request.ts'
import { type PlainColumn, PlainTable } from '../ui/plain-table.tsx'
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
      <PlainTable
        caption='Tokens'
        columns={COLUMNS}
        rows={answer?.tokens}
        keyOf={({ id }) => id}
        empty='There is no token yet.'
      >
        {(token) => (
          <button type='button' className='button' onClick={() => revoke(token)}>
            Revoke
          </button>
        )}
      </PlainTable>
    </>
  )
}

const COLUMNS: readonly PlainColumn<Token>[] = [
  { label: 'Name', cell: ({ name }) => name },
  { label: 'Begins with', cell: ({ prefix }) => `${prefix}…`, className: 'mono' },
  { label: 'Role', cell: ({ role }) => role },
  { label: 'Confined to', cell: ({ scopes }) => scopes.join(', ') || '–' },
  { label: 'Of', cell: ({ user }) => user || 'this machine' },
  { label: 'Expires', cell: ({ expiresAtMs }) => dateOf(expiresAtMs) },
  { label: 'Last used', cell: ({ lastUsedAtMs }) => dateOf(lastUsedAtMs) },
]
