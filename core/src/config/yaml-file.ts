/** Reads config.yaml: its settings with their lines, and what is wrong with its form. */
import type { Document, LineCounter, Node, Pair } from 'yaml'
import type { ConfigProblem } from './config-error.ts'
import { KEYS } from './names.ts'
import { suggest } from './suggest.ts'
import { upConfig } from './sections.ts'

export interface FileSetting {
  path: string
  value: unknown
  place: string
}

export interface ParsedFile {
  settings: FileSetting[]
  problems: ConfigProblem[]
}

const SECTION_NAMES = Object.keys(upConfig)
const didYouMean = (name: string, known: readonly string[]): string | undefined => {
  const meant = suggest(name, known)
  return meant === undefined ? undefined : `did you mean ${meant}?`
}

const invalid = (why: string): string => `not valid YAML: ${why}`

/** Settings of the YAML text of `file`; an empty section and a key without a value count as absent. */
export const parseYamlFile = async (file: string, text: string): Promise<ParsedFile> => {
  const yaml = await import('yaml')
  const lines = new yaml.LineCounter()
  try {
    const document = yaml.parseDocument(text, { lineCounter: lines, prettyErrors: false })
    const reader = createReader(yaml, file, lines, document)
    for (const { message, pos } of document.errors) reader.problem(pos[0], '', invalid(message))
    if (document.errors.length === 0) reader.readRoot(document.contents)
    return reader.result
  } catch (error) {
    // Nesting deeper than the stack.
    const message = invalid((error as Error).message)
    return { settings: [], problems: [{ place: file, path: '', message }] }
  }
}

const createReader = (
  yaml: typeof import('yaml'),
  file: string,
  lines: LineCounter,
  document: Document.Parsed,
) => {
  const result: ParsedFile = { settings: [], problems: [] }
  const placeOf = (offset: number) => `${file}:${lines.linePos(offset).line}`
  const offsetOf = (node: unknown) => (yaml.isNode(node) ? (node.range?.[0] ?? 0) : 0)
  const problem = (offset: number, path: string, message: string, remedy?: string) =>
    result.problems.push({ place: placeOf(offset), path, message, ...(remedy && { remedy }) })

  const readKey = (section: string, { key, value }: Pair) => {
    const path = `${section}.${String(key)}`
    if (!KEYS.has(path)) {
      problem(offsetOf(key), path, 'unknown key', didYouMean(path, [...KEYS.keys()]))
      return
    }
    try {
      const found: unknown = yaml.isNode(value) ? value.toJS(document) : null
      const place = placeOf(offsetOf(key))
      if (found !== null) result.settings.push({ path, value: found, place })
    } catch (error) {
      // An alias without its anchor, or aliases that multiply.
      problem(offsetOf(key), path, invalid((error as Error).message))
    }
  }

  const readSection = ({ key, value }: Pair) => {
    const name = String(key)
    if (!SECTION_NAMES.includes(name)) {
      const known = [...SECTION_NAMES, ...KEYS.keys()]
      problem(offsetOf(key), name, 'unknown section', didYouMean(name, known))
    } else if (yaml.isMap(value)) {
      for (const pair of value.items) readKey(name, pair)
    } else if (!yaml.isScalar(value) || value.value !== null) {
      problem(offsetOf(key), name, 'must hold keys, one per line, each indented')
    }
  }

  const readRoot = (root: Node | null) => {
    if (yaml.isMap(root)) for (const pair of root.items) readSection(pair)
    else if (root !== null && !(yaml.isScalar(root) && root.value === null)) {
      problem(0, '', 'must hold sections such as `server:`')
    }
  }

  return { result, problem, readRoot }
}
