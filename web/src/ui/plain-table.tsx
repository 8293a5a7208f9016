/** A small table; on a narrow screen each row is a card that names its values. */
import type { ReactNode } from 'react'

export interface PlainColumn<Row> {
  label: string
  cell: (row: Row) => ReactNode
  className?: string
}

interface Props<Row> {
  caption: string
  /** Whether the caption is seen, as where there are several tables. */
  isTitled?: boolean
  columns: readonly PlainColumn<Row>[]
  /** Undefined: not known yet. */
  rows: readonly Row[] | undefined
  keyOf: (row: Row) => string
  empty: ReactNode
  /** Buttons of a row. */
  children?: ((row: Row) => ReactNode) | undefined
}

export const PlainTable = <Row,>(props: Props<Row>) => {
  const { caption, isTitled, columns, rows, keyOf, empty, children } = props
  if (rows === undefined) return null
  if (rows.length === 0)
    return (
      <section>
        {isTitled ? <h3 className='table-title'>{caption}</h3> : null}
        <p className='faint'>{empty}</p>
      </section>
    )
  return (
    <table className='plain-table card-table'>
      <caption className={isTitled ? '' : 'sr-only'}>{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ label }) => (
            <th key={label} scope='col'>
              {label}
            </th>
          ))}
          {children ? (
            <th scope='col'>
              <span className='sr-only'>Change</span>
            </th>
          ) : null}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map(({ label, cell, className }) => (
              <td key={label} className={className} data-label={label}>
                {cell(row)}
              </td>
            ))}
            {children ? <td className='row-actions'>{children(row)}</td> : null}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
