/** Copies a text and says so. */
import { useState } from 'react'
import { Icon } from './icon.tsx'

const SHOWN_MS = 1500

export const CopyButton = ({ text, label }: { text: string; label: string }) => {
  const [state, setState] = useState<'idle' | 'done' | 'failed'>('idle')
  const copy = async () => {
    // The clipboard exists only on HTTPS and on loopback addresses.
    const done = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    )
    setState(done ? 'done' : 'failed')
    setTimeout(() => setState('idle'), SHOWN_MS)
  }
  const said = { idle: label, done: 'Copied', failed: 'The browser does not allow copying here' }[
    state
  ]
  return (
    <button
      type='button'
      className='icon-button copy'
      aria-label={said}
      title={said}
      onClick={() => void copy()}
    >
      <Icon name={state === 'done' ? 'check' : state === 'failed' ? 'warn' : 'copy'} />
    </button>
  )
}
