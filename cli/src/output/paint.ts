/** Colours on a terminal that shows them. */
import { styleText } from 'node:util'

export type Style = Parameters<typeof styleText>[0]
export type Paint = (style: Style, text: string) => string

/** For streams that are no terminal. */
export const plain: Paint = (_style, text) => text

const coloured: Paint = (style, text) => styleText(style, text, { validateStream: false })

/** Colours only where `stream` is a terminal and neither NO_COLOR (no-color.org) nor TERM=dumb is set. */
export const paintFor = (
  stream: { isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Paint => (stream.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb' ? coloured : plain)
