/** The types in a built kernel object, as bpftool tells them from its BTF. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

interface BtfType {
  kind: string
  name: string
  size?: number
  members?: { name: string; bits_offset: number }[]
}

export interface Btf {
  /** Members in their order; undefined where there is no such struct. */
  members(struct: string): string[] | undefined
  sizeOf(struct: string): number | undefined
  /** Member → offset in bytes. */
  offsets(struct: string): Record<string, number>
}

/** Path of an object in bpf/build. */
export const builtObject = (name: string): string => join(import.meta.dirname, '../bpf/build', name)

export const readBtf = (object: string): Btf => {
  const text = execFileSync('bpftool', ['-j', 'btf', 'dump', 'file', object], {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  })
  const { types } = JSON.parse(text) as { types: BtfType[] }
  const find = (struct: string) =>
    types.find(({ kind, name }) => kind === 'STRUCT' && name === struct)
  return {
    members: (struct) => find(struct)?.members?.map(({ name }) => name),
    sizeOf: (struct) => find(struct)?.size,
    offsets: (struct) =>
      Object.fromEntries(
        (find(struct)?.members ?? []).map((member) => [member.name, member.bits_offset / 8]),
      ),
  }
}

/** `loAddr` → `lo_addr` */
export const snake = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** The offsets of a table under the names that they have in C. */
export const snakeKeys = (table: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(table).map(([name, offset]) => [snake(name), offset]))
