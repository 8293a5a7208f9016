/** What every benchmark is. */
import type { Table } from './table.ts'
import type { Undo } from './undo.ts'

export interface Setting {
  /** Fewer rounds and smaller sizes: to see that it works, not for figures. */
  quick: boolean
  undo: Undo
  /** A folder of our own. */
  folder: string
  /** Tells what is being done. */
  say(text: string): void
}

export interface Benchmark {
  name: string
  description: string
  run(setting: Setting): Promise<Table[]>
}
