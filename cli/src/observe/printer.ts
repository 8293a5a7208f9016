/** Prints flows in the format that was asked for. */
import { once } from 'node:events'
import { paintFor } from '../output/paint.ts'
import { printable, printableJson } from '../output/printable.ts'
import { createTableLayout } from '../output/table.ts'
import { compactLine } from './compact.ts'
import type { FlowRow } from './field.ts'
import { flowColumns } from './flow-columns.ts'
import type { Change } from './follow.ts'
import type { Format } from './options.ts'

export interface Printed {
  flow: FlowRow
  /** Only where flows are followed. */
  change?: Change
}

export type Printer = (flows: readonly Printed[]) => Promise<void>

export type Output = NodeJS.WritableStream & { isTTY?: boolean; columns?: number }

/** Waits while the reader is slow, so that nothing piles up here. */
export const writeLines = async (output: Output, lines: readonly string[]): Promise<void> => {
  if (lines.length > 0 && !output.write(`${lines.join('\n')}\n`)) await once(output, 'drain')
}

const tablePrinter = (output: Output, columns: string | undefined): Printer => {
  const layout = createTableLayout(flowColumns(columns, Date.now()), output.columns ?? Infinity)
  let hasTitles = false
  return async (printed) => {
    if (printed.length === 0) return
    const lines = layout.rows(printed.map(({ flow }) => flow))
    await writeLines(output, hasTitles ? lines : [layout.titles(), ...lines])
    hasTitles = true
  }
}

export const createPrinter = (
  format: Format,
  columns: string | undefined,
  output: Output,
): Printer => {
  if (format === 'table') return tablePrinter(output, columns)
  if (format === 'json')
    return (printed) =>
      writeLines(
        output,
        printed.map(({ flow }) => printableJson(flow)),
      )
  if (format === 'quiet')
    return (printed) =>
      writeLines(
        output,
        printed.map(({ flow }) => printable(flow.id)),
      )
  const paint = paintFor(output, process.env)
  return (printed) => {
    const now = Date.now()
    return writeLines(
      output,
      printed.map(({ flow, change }) => compactLine(flow, paint, now, change)),
    )
  }
}
