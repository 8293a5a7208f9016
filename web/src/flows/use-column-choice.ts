/** Which columns of the flow table this browser shows. */
import { useMemo, useState } from 'react'
import { readSetting, writeSetting } from '../theme.ts'

const KEY = 'netscope.flowColumns'

/** What answers who, with what, how fast and how well; the rest is a click away. */
export const DEFAULT_COLUMNS: readonly string[] = [
  'verdict',
  'src',
  'dst',
  'port',
  'process',
  'protocol',
  'out',
  'in',
  'rtt',
  'retrans',
  'spark',
  'bytes',
  'age',
]

/** Without these a row says nothing. */
export const FIXED_COLUMNS: ReadonlySet<string> = new Set(['src', 'dst'])

/** The keys of a stored choice; the default for none. Keys that no column has any more do no harm. */
export const readColumns = (stored: string | undefined): readonly string[] =>
  stored === undefined ? DEFAULT_COLUMNS : [...FIXED_COLUMNS, ...stored.split(',').filter(Boolean)]

export interface ColumnChoice {
  shown: ReadonlySet<string>
  /** Whether it is what everybody gets who has not chosen. */
  isDefault: boolean
  toggle(key: string): void
  reset(): void
}

export const useColumnChoice = (): ColumnChoice => {
  const [keys, setKeys] = useState(() => readColumns(readSetting(KEY)))
  const shown = useMemo(() => new Set(keys), [keys])
  const choose = (next: readonly string[]) => {
    writeSetting(KEY, next.join(','))
    setKeys(next)
  }
  return {
    shown,
    isDefault:
      shown.size === DEFAULT_COLUMNS.length && DEFAULT_COLUMNS.every((key) => shown.has(key)),
    toggle: (key) =>
      choose(shown.has(key) ? [...shown].filter((other) => other !== key) : [...shown, key]),
    reset: () => choose(DEFAULT_COLUMNS),
  }
}
