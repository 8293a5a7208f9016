/** Blocks an address by hand: what it would have met is shown before. */
import { type FormEvent, useState } from 'react'
import { blockAddress, previewBlock } from '../api/respond.ts'
import { messageOf } from '../api/request.ts'
import { DurationSelect } from '../lists/duration-select.tsx'
import { useAct } from './use-act.ts'

const HOUR_SECONDS = 3600

export const BlockForm = ({ address, onDone }: { address: string; onDone: () => void }) => {
  const [ip, setIp] = useState(address)
  const [reason, setReason] = useState('')
  const [seconds, setSeconds] = useState(HOUR_SECONDS)
  /** Of which address it speaks. */
  const [preview, setPreview] = useState({ ip: '', text: '', isGood: false })
  const act = useAct(onDone)
  const wanted = ip.trim()

  const isShown = preview.ip === wanted && preview.text !== ''
  const isReady = isShown && preview.isGood

  const look = async (): Promise<void> => {
    try {
      const { text, protected: hit } = await previewBlock(wanted)
      setPreview({ ip: wanted, text: [text, ...hit].join(' '), isGood: hit.length === 0 })
    } catch (thrown) {
      setPreview({ ip: wanted, text: messageOf(thrown), isGood: false })
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!isReady) {
      void look()
      return
    }
    act(blockAddress(wanted, reason, seconds), ({ target }) => `${target} is blocked.`)
    setPreview({ ip: '', text: '', isGood: false })
  }
  return (
    <form className='access-form' onSubmit={submit}>
      <label className='field'>
        <span>Block</span>
        <input
          type='text'
          required
          maxLength={64}
          placeholder='address or prefix'
          autoComplete='off'
          value={ip}
          onChange={(event) => setIp(event.target.value)}
        />
      </label>
      <DurationSelect value={seconds} onChange={setSeconds} />
      <label className='field'>
        <span>Why</span>
        <input
          type='text'
          maxLength={200}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      <button type='submit' className='button button-primary'>
        {isReady ? 'Block now' : 'Preview'}
      </button>
      {isShown ? <p className={isReady ? 'muted' : 'error'}>{preview.text}</p> : null}
    </form>
  )
}
