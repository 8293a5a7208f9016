/** Single-key shortcuts: only outside of inputs, without modifiers, and not behind a modal dialog. */
import { useEffect, useRef } from 'react'
import { readSetting, writeSetting } from '../theme.ts'

const KEY = 'netscope.shortcuts'

/** WCAG 2.1.4: single-key shortcuts can be switched off. */
export const shortcutsOn = (): boolean => readSetting(KEY) !== 'off'
export const switchShortcuts = (on: boolean) => writeSetting(KEY, on ? 'on' : 'off')

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  target.closest('input, textarea, select, [contenteditable]') !== null

const isForUs = (event: KeyboardEvent) =>
  !event.ctrlKey &&
  !event.metaKey &&
  !event.altKey &&
  !event.defaultPrevented &&
  !isTyping(event.target)

/** Handlers by `KeyboardEvent.key`; Escape works even when the single keys are switched off. */
export const useShortcuts = (handlers: Record<string, () => void>) => {
  const current = useRef(handlers)
  current.current = handlers
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const handle = current.current[event.key]
      if (!handle || !isForUs(event) || document.querySelector('dialog:modal')) return
      if (event.key !== 'Escape' && !shortcutsOn()) return
      event.preventDefault()
      handle()
    }
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [])
}
