/** Rows of text in columns that fit a width. */
import { clip, displayWidth, printable } from './printable.ts'

export interface Column<Row> {
  title: string
  /** Figures stand at the right. */
  right?: boolean
  /** Where there is no room, the column with the highest is left out first; without one it always stays. */
  dropOrder?: number
  /** Fewest columns of the terminal to which a long text may be cut; without one it is never cut. */
  least?: number
  text(row: Row): string
}

const GAP = '  '

/** A table of which rows come over time: columns only ever grow, so that what follows stays in line. */
export interface TableLayout<Row> {
  /** Lines of `rows`, without the titles. */
  rows(rows: readonly Row[]): string[]
  /** The titles, for the widths as they are. */
  titles(): string
}

const total = (widths: readonly number[]): number =>
  widths.reduce((sum, width) => sum + width, 0) + GAP.length * Math.max(0, widths.length - 1)

const withoutDroppable = <Row>(columns: Column<Row>[], widths: number[], room: number): void => {
  while (total(widths) > room) {
    const orders = columns.map(({ dropOrder }) => dropOrder ?? -1)
    const highest = Math.max(...orders)
    if (highest < 0) return
    const index = orders.lastIndexOf(highest)
    columns.splice(index, 1)
    widths.splice(index, 1)
  }
}

/** Takes from the widest that may be cut, until all fit or none can give more. */
const cutToFit = <Row>(
  columns: readonly Column<Row>[],
  widths: readonly number[],
  room: number,
): number[] => {
  const fitted = [...widths]
  for (let excess = total(fitted) - room; excess > 0; excess--) {
    let widest = -1
    columns.forEach(({ least }, i) => {
      const isCuttable = least !== undefined && fitted[i]! > least
      if (isCuttable && (widest < 0 || fitted[i]! > fitted[widest]!)) widest = i
    })
    if (widest < 0) break
    fitted[widest]!--
  }
  return fitted
}

/** What the columns need if each that may be cut is cut as far as it may be. */
const leastWidths = <Row>(columns: readonly Column<Row>[], widths: readonly number[]): number[] =>
  widths.map((width, i) => Math.min(width, columns[i]?.least ?? width))

/** `room`: columns of the terminal, Infinity for none. Texts are made printable here. */
export const createTableLayout = <Row>(
  columns: readonly Column<Row>[],
  room: number,
): TableLayout<Row> => {
  let shown = [...columns]
  let natural = shown.map(({ title }) => displayWidth(title))
  let widths: number[] | undefined

  const lineOf = (cells: readonly string[]): string => {
    const padded = cells.map((cell, i) => {
      const text = clip(cell, widths![i]!)
      const space = ' '.repeat(widths![i]! - displayWidth(text))
      return shown[i]?.right ? space + text : text + space
    })
    return clip(padded.join(GAP).trimEnd(), room)
  }

  const fit = (): void => {
    if (widths === undefined) {
      const least = leastWidths(shown, natural)
      const kept = [...shown]
      withoutDroppable(kept, least, room)
      natural = natural.filter((_, i) => kept.includes(shown[i]!))
      shown = kept
    }
    widths = cutToFit(shown, natural, room)
  }

  return {
    rows(rows) {
      const cells = rows.map((row) => shown.map((column) => printable(column.text(row))))
      natural = natural.map((width, i) =>
        cells.reduce((most, line) => Math.max(most, displayWidth(line[i]!)), width),
      )
      const before = shown
      fit()
      return cells.map((line) => lineOf(line.filter((_, i) => shown.includes(before[i]!))))
    },
    titles() {
      if (widths === undefined) fit()
      return lineOf(shown.map(({ title }) => title))
    },
  }
}

/** Lines of a whole table, titles first. */
export const formatTable = <Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  room = Infinity,
): string[] => {
  const layout = createTableLayout(columns, room)
  const lines = layout.rows(rows)
  return [layout.titles(), ...lines]
}
