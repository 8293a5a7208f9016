/** Captures the packets of a flow for ten seconds, or until it is pressed again, and saves them as a pcapng file. */
import { useRef, useState } from 'react'
import type { Flow } from '@netscope/core/flow.ts'
import { captureFlow, stopCapture } from '../api/captures.ts'
import { messageOf } from '../api/request.ts'
import { Icon } from '../ui/icon.tsx'
import { useToast } from '../ui/toast.tsx'
import { captureFileName } from './capture-file-name.ts'

const SECONDS = 10
/** The browser holds the file in memory until it is saved. */
const MAX_BYTES = 50_000_000
const SAVED_WITHIN_MS = 60_000

export const CaptureButton = ({ flow }: { flow: Flow }) => {
  const toast = useToast()
  const [state, setState] = useState<'idle' | 'starting' | 'running' | 'ending'>('idle')
  const running = useRef('')

  const run = async () => {
    setState('starting')
    try {
      const { id, file } = await captureFlow(flow.id, SECONDS, MAX_BYTES)
      running.current = id
      setState('running')
      save(await file, captureFileName(flow))
    } catch (error) {
      toast({ text: messageOf(error), tone: 'bad' })
    }
    setState('idle')
  }
  const stop = () => {
    setState('ending')
    // It may have ended by itself meanwhile.
    stopCapture(running.current).catch(() => undefined)
  }

  const words = {
    idle: `Capture ${SECONDS} s`,
    starting: 'Starting…',
    running: 'Capturing… stop now',
    ending: 'Saving…',
  }[state]
  return (
    <div className='actions'>
      <button
        type='button'
        className='button'
        disabled={state === 'starting' || state === 'ending'}
        title='Saves the packets of this flow as a pcapng file, which Wireshark opens'
        onClick={() => (state === 'idle' ? void run() : stop())}
      >
        <Icon name={state === 'running' ? 'pause' : 'down'} />
        {words}
      </button>
    </div>
  )
}

const save = (file: Blob, name: string): void => {
  const url = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), SAVED_WITHIN_MS)
}
