/** Arrow keys, paging, Enter and row actions of a grid. */
import type { KeyboardEvent } from 'react'
import { shortcutsOn } from '../keyboard/use-shortcuts.ts'
import type { GridProps } from './data-grid.tsx'

interface Viewport {
  pageRows(): number
  reveal(index: number): void
}

/** Row to go to from `index` (-1: none selected) by a key; undefined for other keys. */
export const targetRow = (
  key: string,
  index: number,
  count: number,
  page: number,
): number | undefined => {
  const to = {
    ArrowDown: index + 1,
    ArrowUp: index < 0 ? 0 : index - 1,
    PageDown: Math.max(index, 0) + page,
    PageUp: index - page,
    Home: 0,
    End: count - 1,
  }[key]
  return to === undefined || count === 0 ? undefined : Math.min(count - 1, Math.max(0, to))
}

export const useGridKeys =
  <Row>(props: GridProps<Row>, viewport: Viewport) =>
  (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isButton(event.target)) return
    const index = indexOf(props)
    const to = targetRow(event.key, index, props.count, viewport.pageRows())
    if (to !== undefined) {
      props.onSelect(props.keyOf(props.rowAt(to)))
      viewport.reveal(to)
    } else if (index < 0 || !act(props, event.key, index)) return
    event.preventDefault()
  }

/** Sort and remove buttons answer to Enter themselves. */
const isButton = (target: EventTarget) =>
  target instanceof Element && target.closest('button') !== null

const act = <Row>(props: GridProps<Row>, key: string, index: number): boolean => {
  const row = props.rowAt(index)
  if (key === 'Enter') {
    props.onOpen(props.keyOf(row))
    return true
  }
  const handle = props.rowKeys?.[key]
  if (!handle || (key.length === 1 && !shortcutsOn())) return false
  handle(row)
  return true
}

const indexOf = <Row>({ selected, count, rowAt, keyOf }: GridProps<Row>): number => {
  if (selected === undefined) return -1
  for (let i = 0; i < count; i++) if (keyOf(rowAt(i)) === selected) return i
  return -1
}
