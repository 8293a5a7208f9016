/** One schema with two types: of a union the first type that a value can be made into would win. */
import { Type } from 'typebox'

/** `rest`: what else the schema says, such as the properties of an object. */
export const orNull = <T>(type: 'number' | 'boolean' | 'string' | 'object', rest: object) =>
  Type.Unsafe<T | null>({ ...rest, type: [type, 'null'] })
