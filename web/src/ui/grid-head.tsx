/** The header row of a grid, with sort buttons. */
import type { Column } from './data-grid.tsx'

interface Props<Row> {
  columns: readonly Column<Row>[]
  /** Field, with '-' for descending. */
  sort: string | undefined
  onSort: ((sort: string) => void) | undefined
}

/** The next order of a column: numbers begin with the largest, texts with the first. */
export const nextSort = (current: string | undefined, field: string, numeric: boolean): string => {
  if (current === field) return `-${field}`
  if (current === `-${field}`) return field
  return numeric ? `-${field}` : field
}

const orderOf = (sort: string | undefined, field: string) =>
  sort === field ? 'ascending' : sort === `-${field}` ? 'descending' : 'none'

export const GridHead = <Row,>({ columns, sort, onSort }: Props<Row>) => (
  <div className='grid-head row' role='row' aria-rowindex={1}>
    {columns.map((column) => {
      const field = onSort ? column.sort : undefined
      const order = field ? orderOf(sort, field) : 'none'
      return (
        <div
          key={column.key}
          role='columnheader'
          className={`cell c-${column.key}${column.numeric ? ' num' : ''}`}
          title={column.title}
          {...(field ? { 'aria-sort': order } : {})}
        >
          {field ? (
            <button
              type='button'
              onClick={() => onSort?.(nextSort(sort, field, column.numeric === true))}
            >
              {column.label}
              <span aria-hidden='true'>
                {order === 'none' ? '' : order === 'ascending' ? '↑' : '↓'}
              </span>
            </button>
          ) : (
            column.label
          )}
        </div>
      )
    })}
  </div>
)
