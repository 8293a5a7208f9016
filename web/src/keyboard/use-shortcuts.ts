/** Single-key shortcuts: only outside of inputs, without modifiers, and not behind a modal dialog. */
import { type RefObject, useEffect, useRef } from 'react'
import { readSetting, writeSetting } from '../theme.ts'

const KEY = 'netscope.shortcuts'

/** WCAG 2.1.4: single-key shortcuts can be switched off. */
export const shortcutsOn = (): boolean => readSetting(KEY) !== 'off'
export const switchShortcuts = (on: boolean) => writeSetting(KEY, on ? 'on' : 'off')

type Handlers = Record<string, () => void>

/** What is open, the latest last: it is asked first, so that Escape closes one thing at a time. */
const open: RefObject<Handlers>[] = []

const TYPING =
  'input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable], dialog'

const isForUs = ({ key, ctrlKey, metaKey, altKey, defaultPrevented, target }: KeyboardEvent) =>
  !(ctrlKey || metaKey || altKey || defaultPrevented) &&
  !(target instanceof Element && target.closest(TYPING)) &&
  !document.querySelector('dialog:modal') &&
  (key === 'Escape' || shortcutsOn())

const listen = (event: KeyboardEvent) => {
  const handle = open.findLast(({ current }) => current[event.key])?.current[event.key]
  if (!handle || !isForUs(event)) return
  event.preventDefault()
  handle()
}

/** Handlers by `KeyboardEvent.key`; Escape works even when the single keys are switched off. */
export const useShortcuts = (handlers: Handlers) => {
  const current = useRef(handlers)
  current.current = handlers
  useEffect(() => {
    if (open.length === 0) window.addEventListener('keydown', listen)
    open.push(current)
    return () => {
      open.splice(open.indexOf(current), 1)
      if (open.length === 0) window.removeEventListener('keydown', listen)
    }
  }, [])
}
