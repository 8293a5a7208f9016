/** A table of any length: only visible rows exist; focus stays on the grid, the selection is a row's key. */
import { useVirtualizer } from '@tanstack/react-virtual'
import {
  type CSSProperties,
  type ReactNode,
  type RefObject,
  useEffect,
  useId,
  useImperativeHandle,
  useRef,
} from 'react'
import { GridHead } from './grid-head.tsx'
import { GridRow } from './grid-row.tsx'
import { useGridKeys } from './use-grid-keys.ts'

export interface Column<Row> {
  key: string
  label: string
  /** What the column means, as its tooltip. */
  title?: string
  /** Field by which the server sorts; without it the column can't be sorted. */
  sort?: string
  numeric?: boolean
  cell(row: Row): ReactNode
}

export interface GridHandle {
  focus(): void
  scrollToTop(): void
}

export interface GridProps<Row> {
  label: string
  /** Prefix of the style classes: `<name>-grid`, `<name>-row`, and per cell `c-<column>`. */
  name: string
  columns: readonly Column<Row>[]
  /** grid-template-columns of the rows, where the style sheet does not set it: `var(--columns)`. */
  template?: string
  count: number
  rowAt(index: number): Row
  keyOf(row: Row): string
  rowHeight: number
  rowClass?(row: Row): string
  selected?: string | undefined
  onSelect(key: string | undefined): void
  onOpen(key: string): void
  /** Keys that act on the selected row. */
  rowKeys?: Record<string, (row: Row) => void>
  sort?: string
  onSort?(sort: string): void
  /** True as soon as the first row is scrolled out of sight. */
  onScrolledAway?(away: boolean): void
  onPointerInside?(inside: boolean): void
  handle?: RefObject<GridHandle | null>
  children?: ReactNode
}

const OVERSCAN = 6

export const DataGrid = <Row,>(props: GridProps<Row>) => {
  const { label, name, columns, count, rowAt, keyOf, rowHeight, selected } = props
  const frame = useRef<HTMLDivElement>(null)
  const scroller = useRef<HTMLDivElement>(null)
  const id = useId()
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
  })
  useEffect(() => virtual.measure(), [virtual, rowHeight])
  useImperativeHandle(props.handle, () => ({
    focus: () => frame.current?.focus({ preventScroll: true }),
    scrollToTop: () => scroller.current?.scrollTo({ top: 0 }),
  }))
  const onKeyDown = useGridKeys(props, {
    pageRows: () => Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1),
    reveal: (index) => virtual.scrollToIndex(index),
  })
  const onScroll = () => props.onScrolledAway?.((scroller.current?.scrollTop ?? 0) > rowHeight / 2)
  return (
    <div
      ref={frame}
      className={`grid ${name}-grid`}
      role='grid'
      tabIndex={0}
      aria-label={label}
      aria-rowcount={count + 1}
      aria-activedescendant={selected === undefined ? undefined : `${id}${selected}`}
      onKeyDown={onKeyDown}
      {...(props.template ? { style: { '--columns': props.template } as CSSProperties } : {})}
    >
      <GridHead columns={columns} sort={props.sort} onSort={props.onSort} />
      <div
        ref={scroller}
        className='grid-scroll'
        role='rowgroup'
        // Not a tab stop of its own, which browsers make of anything that scrolls.
        tabIndex={-1}
        onFocus={(event) =>
          event.target === scroller.current && frame.current?.focus({ preventScroll: true })
        }
        onScroll={onScroll}
        onPointerEnter={(event) => event.pointerType === 'mouse' && props.onPointerInside?.(true)}
        onPointerLeave={() => props.onPointerInside?.(false)}
      >
        {props.children}
        <div className='grid-body' style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            if (item.index >= count) return null
            const row = rowAt(item.index)
            const key = keyOf(row)
            return (
              <GridRow
                key={key}
                id={`${id}${key}`}
                rowKey={key}
                row={row}
                columns={columns}
                className={`${name}-row ${props.rowClass?.(row) ?? ''}`}
                index={item.index}
                top={item.start}
                height={rowHeight}
                selected={key === selected}
                onSelect={props.onSelect}
                onOpen={props.onOpen}
              />
            )
          })}
        </div>
      </div>
    </div>
  )
}
