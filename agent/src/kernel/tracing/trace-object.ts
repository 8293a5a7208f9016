/** Loads those programs of a tracing object that the kernel takes, and attaches them. */
import { existsSync } from 'node:fs'
import * as libbpf from '../libbpf.ts'
import { objectFile } from '../object-file.ts'
import { TRACE_SETTINGS, type TraceSettings } from './layout.ts'
import type { Way } from './trace-hooks.ts'

const EPERM = -1

/** Tables of both objects: the second one uses those of the first. */
export const TABLES = [
  'drops',
  'drop_totals',
  'retransmissions',
  'app_bytes',
  'accepted',
  'counters',
] as const
export type TableName = (typeof TABLES)[number]
export type TableFds = Readonly<Record<TableName, number>>

const fileOf = (way: Way): string => objectFile(`trace-${way}.bpf.o`)
export const isBuilt = (way: Way): boolean => existsSync(fileOf(way))

export interface TraceObject {
  tables: TableFds
  /** -errno of programs that were refused. */
  refused: ReadonlyMap<string, number>
  /** Attaches a loaded program; 0, or -errno. */
  attach(program: string): number
  detach(program: string): void
  /** Detaches everything. */
  close(): void
}

interface Wanted {
  way: Way
  /** Names of programs, by kind of hook. */
  groups: readonly (readonly string[])[]
  settings: TraceSettings
  /** Of the other object. */
  tables: TableFds | undefined
}

/**
 * The kernel takes all programs of an object or none, and libbpf does not say which one it was. So when they
 * don't load together, each is tried alone, and then those that did. EPERM is about a kind of hook: one trial of
 * 0.1 s is enough to know it. Returns -errno when the object itself cannot be used.
 */
export const loadTraceObject = (wanted: Wanted): TraceObject | number => {
  libbpf.silence()
  const refused = new Map<string, number>()
  const all = wanted.groups.flat()
  const together = loadObject(wanted, all)
  if (typeof together !== 'number') return usable(together, refused)
  for (const group of wanted.groups) {
    let forbidden = false
    for (const program of group) {
      const alone: NonNullable<unknown> | number = forbidden ? EPERM : loadObject(wanted, [program])
      if (typeof alone !== 'number') libbpf.closeObject(alone)
      else refused.set(program, alone)
      forbidden ||= alone === EPERM
    }
  }
  const object = loadObject(
    wanted,
    all.filter((program) => !refused.has(program)),
  )
  return typeof object === 'number' ? object : usable(object, refused)
}

/** A loaded `struct bpf_object *`, or -errno. */
const loadObject = (
  { way, settings, tables }: Wanted,
  programs: readonly string[],
): NonNullable<unknown> | number => {
  const object: unknown = libbpf.openFile(fileOf(way), null)
  if (!object) return -libbpf.lastError()
  const result = prepare(object, programs, settings, tables) || Number(libbpf.loadObject(object))
  if (result >= 0) return object
  libbpf.closeObject(object)
  return result
}

const prepare = (
  object: unknown,
  programs: readonly string[],
  settings: TraceSettings,
  tables: TableFds | undefined,
): number => {
  for (let program: unknown = null; (program = libbpf.nextProgram(object, program));) {
    libbpf.setAutoload(program, programs.includes(String(libbpf.programName(program))))
  }
  const size = [0]
  const constants: unknown = libbpf.initialValue(libbpf.findMap(object, '.rodata.trace'), size)
  const words = new Uint32Array(libbpf.viewOf(constants, Number(size[0])).buffer)
  for (const [i, name] of TRACE_SETTINGS.entries()) words[i] = settings[name]
  for (const name of tables ? TABLES : []) {
    const result: number = libbpf.reuseMap(libbpf.findMap(object, name), tables?.[name] ?? -1)
    if (result < 0) return result
  }
  return 0
}

const usable = (object: unknown, refused: ReadonlyMap<string, number>): TraceObject => {
  const links = new Map<string, unknown>()
  const detach = (program: string) => {
    if (links.has(program)) libbpf.destroyLink(links.get(program))
    links.delete(program)
  }
  return {
    tables: Object.fromEntries(
      TABLES.map((name) => [name, Number(libbpf.mapFd(libbpf.findMap(object, name)))]),
    ) as Record<TableName, number>,
    refused,
    attach: (program) => {
      const link: unknown = libbpf.attachProgram(libbpf.findProgram(object, program))
      if (!link) return -libbpf.lastError()
      links.set(program, link)
      return 0
    },
    detach,
    close: () => {
      for (const program of links.keys()) detach(program)
      libbpf.closeObject(object)
    },
  }
}
