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

/** Room, allocated beforehand: 12 MB in all. */
export type TableRows = Readonly<Record<Exclude<TableName, 'counters'>, number>>
export const TABLE_ROWS: TableRows = {
  drops: 16_384,
  drop_totals: 4096,
  retransmissions: 16_384,
  app_bytes: 65_536,
  accepted: 16_384,
}
/** For trying whether a program loads. */
const ONE_ROW: TableRows = {
  drops: 1,
  drop_totals: 1,
  retransmissions: 1,
  app_bytes: 1,
  accepted: 1,
}

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
  rows: TableRows
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
  if (together.errno === 0) return usable(together.object, refused)
  for (const group of wanted.groups) {
    let forbidden = false
    for (const program of group) {
      const errno: number = forbidden ? EPERM : tryAlone(wanted, program)
      if (errno < 0) refused.set(program, errno)
      forbidden ||= errno === EPERM
    }
  }
  const rest = loadObject(
    wanted,
    all.filter((program) => !refused.has(program)),
  )
  return rest.errno === 0 ? usable(rest.object, refused) : rest.errno
}

/** 0, or -errno. */
const tryAlone = (wanted: Wanted, program: string): number => {
  const { object, errno } = loadObject({ ...wanted, rows: ONE_ROW, tables: undefined }, [program])
  if (errno === 0) libbpf.closeObject(object)
  return errno
}

/** A loaded `struct bpf_object *` when `errno` is 0. */
const loadObject = (
  wanted: Wanted,
  programs: readonly string[],
): { object: unknown; errno: number } => {
  const object: unknown = libbpf.openFile(fileOf(wanted.way), null)
  if (!object) return { object, errno: -libbpf.lastError() }
  const errno = prepare(object, programs, wanted) || Number(libbpf.loadObject(object))
  if (errno < 0) libbpf.closeObject(object)
  return { object, errno }
}

const prepare = (
  object: unknown,
  programs: readonly string[],
  { settings, rows, tables }: Wanted,
): number => {
  for (let program: unknown = null; (program = libbpf.nextProgram(object, program));) {
    libbpf.setAutoload(program, programs.includes(String(libbpf.programName(program))))
  }
  const size = [0]
  const constants: unknown = libbpf.initialValue(libbpf.findMap(object, '.rodata.trace'), size)
  const words = new Uint32Array(libbpf.viewOf(constants, Number(size[0])).buffer)
  for (const [i, name] of TRACE_SETTINGS.entries()) words[i] = settings[name]
  for (const [name, count] of Object.entries(rows)) {
    libbpf.setMaxEntries(libbpf.findMap(object, name), count)
  }
  for (const name of tables ? TABLES : []) {
    const errno: number = libbpf.reuseMap(libbpf.findMap(object, name), tables?.[name] ?? -1)
    if (errno < 0) return errno
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
