/** Reads the text of a YAML file that declares a list of things (feeds, channels, policies), each entry with its place. */

export interface Declared {
  value: unknown
  /** `FILE:LINE` of the entry. */
  place: string
}

export interface DeclaredFile {
  entries: Declared[]
  /** Each with its place and what helps; of a file with problems nothing is to be used. */
  problems: string[]
}

/** The entries under `key`, the only one of the file. Never rejects. */
export const parseDeclared = async (
  path: string,
  text: string,
  key: string,
): Promise<DeclaredFile> => {
  const wrong = (place: string, message: string): DeclaredFile => ({
    entries: [],
    problems: [`${place}: ${message}`],
  })
  const { LineCounter, isMap, isNode, isScalar, isSeq, parseDocument } = await import('yaml')
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const placeOf = (offset: number) => `${path}:${lines.linePos(offset).line}`
  if (document.errors.length > 0) {
    const problems = document.errors.map(
      ({ message, pos }) => `${placeOf(pos[0])}: not valid YAML: ${message}`,
    )
    return { entries: [], problems }
  }
  const { contents } = document
  if (contents === null) return { entries: [], problems: [] }
  const shape = `the file must be \`${key}:\` with a list below`
  if (!isMap(contents)) return wrong(path, shape)
  const strange = contents.items.find((pair) => !isScalar(pair.key) || pair.key.value !== key)
  if (strange) {
    const at = isNode(strange.key) ? (strange.key.range?.[0] ?? 0) : 0
    return wrong(placeOf(at), shape)
  }
  const list = contents.get(key, true) as unknown
  if (!isSeq(list)) return list === undefined ? { entries: [], problems: [] } : wrong(path, shape)
  try {
    const entries = list.items.map((item) => ({
      value: isNode(item) ? (item.toJS(document) as unknown) : item,
      place: isNode(item) ? placeOf(item.range?.[0] ?? 0) : path,
    }))
    return { entries, problems: [] }
  } catch (error) {
    // Aliases that would blow up the document.
    return wrong(path, (error as Error).message)
  }
}
