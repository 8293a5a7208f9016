/** Which columns of a grid there is room for, and the track of each. */

export interface FitColumn {
  key: string
  /** Smallest width in CSS pixels. */
  width: number
  /** Share of the room that is left; 0 stays at `width`. */
  grow?: number
  /** 1 is left out last. */
  rank: number
}

/** As in grid.css: the gap between columns and the padding of a row, both sides. */
const GAP = 8
const PADDING = 24

export interface FittedColumns<Column> {
  columns: Column[]
  /** Value of grid-template-columns. */
  template: string
}

/** The columns that fit into `room` pixels by rank, in their own order; the one of the first rank always. */
export const fitColumns = <Column extends FitColumn>(
  all: readonly Column[],
  room: number,
): FittedColumns<Column> => {
  const fitting = new Set<string>()
  let left = room - PADDING + GAP
  for (const { key, width } of all.toSorted((a, b) => a.rank - b.rank)) {
    left -= width + GAP
    // A column that is wanted more keeps narrower ones from taking its place.
    if (left < 0 && fitting.size > 0) break
    fitting.add(key)
  }
  const columns = all.filter(({ key }) => fitting.has(key))
  const tracks = columns.map(({ width, grow = 0 }) =>
    grow > 0 ? `minmax(${width}px, ${grow}fr)` : `${width}px`,
  )
  return { columns, template: tracks.join(' ') }
}
