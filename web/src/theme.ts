/** Dark or light: the system's choice unless this browser has chosen. */
import { useEffect, useState } from 'react'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const KEY = 'netscope.theme'

const stored = (): Theme => THEMES.find((theme) => theme === readSetting(KEY)) ?? 'system'

/** A setting of this browser; undefined where storage is not allowed. */
export const readSetting = (key: string): string | undefined => {
  try {
    return window.localStorage.getItem(key) ?? undefined
  } catch {
    return undefined
  }
}

export const writeSetting = (key: string, value: string) => {
  try {
    window.localStorage.setItem(key, value)
  } catch {
    // Private mode: the choice lasts as long as the page.
  }
}

/** Puts the theme on the document; called before the first paint. */
export const applyTheme = (theme: Theme = stored()) => {
  document.documentElement.dataset['theme'] = theme
}

export const useTheme = (): [Theme, (theme: Theme) => void] => {
  const [theme, setTheme] = useState(stored)
  useEffect(() => {
    applyTheme(theme)
    writeSetting(KEY, theme)
    window.dispatchEvent(new Event('themechange'))
  }, [theme])
  return [theme, setTheme]
}

/** Runs `listener` when the colours change, by the toggle or by the system; returns the unsubscriber. */
export const onThemeChange = (listener: () => void): (() => void) => {
  const system = window.matchMedia('(prefers-color-scheme: dark)')
  system.addEventListener('change', listener)
  window.addEventListener('themechange', listener)
  return () => {
    system.removeEventListener('change', listener)
    window.removeEventListener('themechange', listener)
  }
}
