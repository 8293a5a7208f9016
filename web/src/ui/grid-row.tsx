/** One row of a grid; drawn again only when something of it changes. */
import { memo } from 'react'
import type { Column } from './data-grid.tsx'

interface Props<Row> {
  id: string
  rowKey: string
  row: Row
  columns: readonly Column<Row>[]
  className: string
  index: number
  top: number
  height: number
  selected: boolean
  onSelect(key: string | undefined): void
  onOpen(key: string): void
}

const Row = <T,>({
  id,
  rowKey,
  row,
  columns,
  className,
  index,
  top,
  height,
  selected,
  ...on
}: Props<T>) => (
  <div
    id={id}
    className={`row ${className}`}
    role='row'
    aria-rowindex={index + 2}
    aria-selected={selected}
    style={{ height, transform: `translateY(${top}px)` }}
    onClick={() => {
      on.onSelect(rowKey)
      on.onOpen(rowKey)
    }}
  >
    {columns.map((column) => (
      <div
        key={column.key}
        role='gridcell'
        className={`cell c-${column.key}${column.numeric ? ' num' : ''}`}
      >
        {column.cell(row)}
      </div>
    ))}
  </div>
)

export const GridRow = memo(Row) as typeof Row
