/** Blocks an address by hand: what it would have met is shown before. */
import { type FormEvent, useState } from 'react'
import { blockAddress, type BlockPreview, previewBlock } from '../api/respond.ts'
import { messageOf } from '../api/request.ts'
import { DurationSelect } from '../lists/duration-select.tsx'
import { reaches, useMe } from '../session/me.ts'
import { ActButton } from '../ui/act-button.tsx'
import { TextField } from '../ui/field.tsx'
import { useAct } from './use-act.ts'

const HOUR_SECONDS = 3600

export const BlockForm = ({ address, onDone }: { address: string; onDone: () => void }) => {
  const [ip, setIp] = useState(address)
  const [reason, setReason] = useState('')
  const [seconds, setSeconds] = useState(HOUR_SECONDS)
  /** Of which address it speaks; without `found` it could not be asked. */
  const [preview, setPreview] = useState<{ ip: string; found?: BlockPreview; error: string }>()
  const mayInsist = reaches(useMe().me, 'admin')
  const done = () => {
    setPreview(undefined)
    setReason('')
    setIp('')
    onDone()
  }
  const act = useAct(done)
  const wanted = ip.trim()
  const shown = preview?.ip === wanted ? preview : undefined
  const isReady = shown?.found?.protected.length === 0

  const look = async (): Promise<void> => {
    try {
      setPreview({ ip: wanted, found: await previewBlock(wanted), error: '' })
    } catch (thrown) {
      setPreview({ ip: wanted, error: messageOf(thrown) })
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isReady) act(blockAddress(wanted, reason, seconds), ({ target }) => `${target} is blocked.`)
    else void look()
  }
  return (
    <>
      <form className='access-form' onSubmit={submit}>
        <TextField
          label='Block'
          value={ip}
          onChange={setIp}
          required
          maxLength={64}
          placeholder='address or prefix'
          aria-invalid={shown?.error ? true : undefined}
        />
        <DurationSelect value={seconds} onChange={setSeconds} />
        <TextField
          label='Why'
          value={reason}
          onChange={setReason}
          maxLength={200}
          placeholder='for whoever reads it later'
        />
        <button
          type='submit'
          className={isReady ? 'button button-danger' : 'button button-primary'}
        >
          {isReady ? 'Block now' : 'Preview'}
        </button>
        {isReady ? (
          <button type='button' className='button' onClick={() => setPreview(undefined)}>
            Cancel
          </button>
        ) : null}
        <div className='form-note' role='status'>
          {shown?.error ? <p className='error'>{shown.error}</p> : null}
          {shown?.found ? <Preview found={shown.found} /> : null}
        </div>
      </form>
      {shown?.found && !isReady && mayInsist ? (
        <div className='access-actions'>
          <ActButton
            label='Insist'
            of={`on blocking ${wanted}`}
            question='It is protected, because somebody may lock themselves out. Blocked all the same, it is not protected as long as the block holds; own addresses and gateways are refused still.'
            run={() => blockAddress(wanted, reason, seconds, true)}
            said={({ target }) => `${target} is blocked.`}
            onDone={done}
          />
        </div>
      ) : null}
    </>
  )
}

const Preview = ({ found }: { found: BlockPreview }) => (
  <>
    <p className='muted'>
      A block of {found.target} {found.text}.
    </p>
    {found.protected.length > 0 ? (
      <p className='error'>It would be refused, because it hits {found.protected.join(', ')}.</p>
    ) : null}
  </>
)
