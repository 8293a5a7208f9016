/** A small BTF file (Documentation/bpf/btf.rst) for tests: enums, and functions by their number of parameters. */

const MAGIC = 0xeb9f
const HEADER_BYTES = 24
const KIND = { int: 1, enum: 6, func: 12, funcProto: 13 }

export interface FakeTypes {
  enums: Readonly<Record<string, Readonly<Record<string, number>>>>
  functions: Readonly<Record<string, number>>
}

export const makeBtf = ({ enums, functions }: FakeTypes): Buffer => {
  let strings = '\0'
  const words: number[] = []
  let types = 0
  const name = (text: string): number => {
    const at = strings.length
    strings += `${text}\0`
    return at
  }
  const type = (nameAt: number, kind: number, members: number, sizeOrType: number): number => {
    words.push(nameAt, (kind << 24) | members, sizeOrType)
    return ++types
  }
  const int = type(name('int'), KIND.int, 0, 4)
  words.push((1 << 24) | 32)
  for (const [enumName, values] of Object.entries(enums)) {
    const entries = Object.entries(values)
    type(name(enumName), KIND.enum, entries.length, 4)
    for (const [valueName, value] of entries) words.push(name(valueName), value)
  }
  for (const [functionName, parameters] of Object.entries(functions)) {
    const prototype = type(0, KIND.funcProto, parameters, int)
    for (let i = 0; i < parameters; i++) words.push(name(`p${i}`), int)
    type(name(functionName), KIND.func, 0, prototype)
  }
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt16LE(MAGIC, 0)
  header.writeUInt8(1, 2)
  header.writeUInt32LE(HEADER_BYTES, 4)
  header.writeUInt32LE(words.length * 4, 12)
  header.writeUInt32LE(words.length * 4, 16)
  header.writeUInt32LE(strings.length, 20)
  const body = Buffer.from(Int32Array.from(words).buffer)
  return Buffer.concat([header, body, Buffer.from(strings)])
}
