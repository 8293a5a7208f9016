/**
 * Keys of the configuration as JSON Schema (draft 2020-12) with their TypeScript type. Plain objects,
 * so that the agent need not load a schema library (TypeBox: 30 MB of memory, 150 ms at start).
 */

interface KeyBase {
  description: string
  /** Shown instead of what `describeAllowed` would say. */
  allowed?: string
  /** Shown instead of the default where that is computed. */
  defaultText?: string
  /** Environment variable of an earlier tool that is taken where ours is not set. */
  alias?: string
  /** Never shown; may also come from the file that NAME_FILE names. */
  secret?: true
}

export interface IntegerKey extends KeyBase {
  type: 'integer'
  default: number
  minimum: number
  maximum: number
}

export interface BooleanKey extends KeyBase {
  type: 'boolean'
  default: boolean
}

export interface TextKey extends KeyBase {
  type: 'string'
  default: string
  minLength?: number
  maxLength?: number
  pattern?: string
  /** A file path, relative to the folder of the file where it is written. */
  isPath?: true
}

export interface ChoiceKey<V extends string = string> extends KeyBase {
  type: 'string'
  default: V
  enum: readonly V[]
}

export type Item =
  | { type: 'integer'; minimum: number; maximum: number }
  | { type: 'string'; pattern: string }

export interface ListKey<T extends number | string = number | string> extends KeyBase {
  type: 'array'
  default: readonly T[]
  items: Item
  minItems?: number
  maxItems: number
}

export type Key = IntegerKey | BooleanKey | TextKey | ChoiceKey | ListKey

export type ValueOf<K extends Key> =
  K extends ListKey<infer T>
    ? T[]
    : K extends ChoiceKey<infer V>
      ? V
      : K extends IntegerKey
        ? number
        : K extends BooleanKey
          ? boolean
          : string

export type Keys = Record<string, Key>

export interface Section<P extends Keys = Keys> {
  type: 'object'
  description: string
  additionalProperties: false
  properties: P
}

type Rest<K extends Key> = Omit<K, 'type'>

export const integer = (rest: Rest<IntegerKey>): IntegerKey => ({ type: 'integer', ...rest })
export const boolean = (rest: Rest<BooleanKey>): BooleanKey => ({ type: 'boolean', ...rest })
export const text = (rest: Rest<TextKey>): TextKey => ({ type: 'string', ...rest })
export const choice = <const V extends string>(
  rest: KeyBase & { enum: readonly V[]; default: NoInfer<V> },
): ChoiceKey<V> => ({ type: 'string', ...rest })
export const numbers = (rest: Rest<ListKey<number>>): ListKey<number> => ({
  type: 'array',
  ...rest,
})
export const texts = (rest: Rest<ListKey<string>>): ListKey<string> => ({ type: 'array', ...rest })

export const section = <P extends Keys>(description: string, properties: P): Section<P> => ({
  type: 'object',
  description,
  additionalProperties: false,
  properties,
})

export type SectionValue<S> =
  S extends Section<infer P>
    ? { [Name in keyof P]: P[Name] extends Key ? ValueOf<P[Name]> : never }
    : never

/** What a section is where nobody sets anything. */
export const defaultsOf = <P extends Keys>({ properties }: Section<P>): SectionValue<Section<P>> =>
  Object.fromEntries(
    Object.entries(properties).map(([name, key]) => [name, key.default]),
  ) as SectionValue<Section<P>>
