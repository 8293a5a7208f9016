/** Schemas of single values in what an agent sends. */
import { Type } from 'typebox'
import type { TSchema } from 'typebox'

/** Far above what an agent sends, low enough for a label or a line of text. */
export const name = Type.String({ maxLength: 256 })
export const sentence = Type.String({ maxLength: 4096 })
export const count = Type.Number({ minimum: 0 })
export const id = Type.Integer({ minimum: 0 })
export const list = <T extends TSchema>(items: T) => Type.Array(items, { maxItems: 16_384 })
