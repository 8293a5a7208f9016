/** What commands print that list something: a table, a JSON object a line, or only what scripts go on with. */
import { type Command, Option } from 'commander'
import { writeLines, type Output } from '../observe/printer.ts'
import { printable, printableJson } from './printable.ts'
import { formatTable, type Column } from './table.ts'

export const OUTPUTS = ['table', 'json', 'quiet'] as const

export interface OutputOptions {
  output: (typeof OUTPUTS)[number]
}

/** `quiet` says what --quiet leaves. */
export const addOutputOptions = (command: Command, quiet: string): void => {
  command
    .optionsGroup('Output:')
    .addOption(
      new Option('-o, --output <how>', 'how it is printed').choices(OUTPUTS).default('table'),
    )
    .addOption(
      new Option('-q, --quiet', `${quiet}; short for --output quiet`).implies({ output: 'quiet' }),
    )
}

interface Shape<Row> {
  columns: readonly Column<Row>[]
  /** What --quiet prints of a row. */
  id(row: Row): string
}

export const printRows = async <Row>(
  output: Output,
  rows: readonly Row[],
  how: OutputOptions['output'],
  { columns, id }: Shape<Row>,
): Promise<void> => {
  if (how === 'json') return writeLines(output, rows.map(printableJson))
  if (how === 'quiet')
    return writeLines(
      output,
      rows.map((row) => printable(id(row))),
    )
  return writeLines(output, formatTable(columns, rows, output.columns ?? Infinity))
}
