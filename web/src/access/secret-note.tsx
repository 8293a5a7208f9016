/** A secret that is shown once, with a way to take it along. */
import { useState } from 'react'
import { Icon } from '../ui/icon.tsx'

interface Props {
  what: string
  secret: string
  onClose: () => void
}

export const SecretNote = ({ what, secret, onClose }: Props) => {
  const [copied, setCopied] = useState(false)
  const copy = () =>
    void navigator.clipboard?.writeText(secret).then(
      () => setCopied(true),
      () => undefined,
    )
  return (
    <div className='secret-note' role='status'>
      <p>{what} It is shown this once.</p>
      <p>
        <code className='mono'>{secret}</code>
        <button type='button' className='button' onClick={copy}>
          <Icon name={copied ? 'check' : 'copy'} /> {copied ? 'Copied' : 'Copy'}
        </button>
        <button type='button' className='button button-quiet' onClick={onClose}>
          Done
        </button>
      </p>
    </div>
  )
}
