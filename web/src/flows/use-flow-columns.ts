/** The columns of the flow table that are chosen and have room, and the track of each. */
import { useMemo } from 'react'
import { fitColumns } from '../ui/column-fit.ts'
import { flowColumns, type FlowColumn, keepPort } from './flow-columns.tsx'
import type { RateHistory } from './rate-history.ts'
import { storedColumns } from './stored-columns.tsx'

/** What a card on a narrow screen holds; columns.css says where. */
const CARD_COLUMNS: ReadonlySet<string> = new Set([
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
])

/** The same of the history: the time instead of the health. */
const STORED_CARD_COLUMNS: ReadonlySet<string> = new Set(
  [...CARD_COLUMNS, 'age'].filter((key) => key !== 'rtt' && key !== 'retrans'),
)

interface Config {
  history: RateHistory
  nowMs: number
  /** They are flows of the history. */
  stored: boolean
  narrow: boolean
  /** Keys of the columns that are wanted. */
  wanted: ReadonlySet<string>
  /** Width of the table in CSS pixels. */
  room: number
}

interface FlowColumns {
  all: readonly FlowColumn[]
  columns: readonly FlowColumn[]
  template: string
  /** Keys of the columns that are wanted but have no room. */
  crowded: ReadonlySet<string>
}

export const useFlowColumns = (config: Config): FlowColumns => {
  const { history, nowMs, stored, narrow, wanted, room } = config
  const all = useMemo(() => {
    const live = flowColumns(history, nowMs)
    return stored ? storedColumns(live) : live
  }, [history, nowMs, stored])
  const cards = stored ? STORED_CARD_COLUMNS : CARD_COLUMNS
  return useMemo(() => {
    const chosen = all.filter(({ key }) => (narrow ? cards : wanted).has(key))
    if (narrow) return { all, columns: chosen, template: '', crowded: new Set() }
    const { columns, template } = fitColumns(chosen, room)
    const crowded = chosen.filter((column) => !columns.includes(column)).map(({ key }) => key)
    return { all, columns: keepPort(columns), template, crowded: new Set(crowded) }
  }, [all, narrow, cards, wanted, room])
}
