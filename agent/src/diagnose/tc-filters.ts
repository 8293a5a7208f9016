/** Filters on the clsact hooks of interfaces, asked of `tc`: two processes however many interfaces there are. */
import type { System } from './system.ts'

export interface TcFilter {
  interface: string
  side: 'ingress' | 'egress'
  /** Lower runs first. */
  priority: number
  /** Of a program its name, else the kind of filter: `flower`. */
  name: string
  /** 0 where it is no program. */
  id: number
  /** The NIC applies it. */
  inHardware: boolean
}

interface ShownFilter {
  pref: number
  kind: string
  options?: { bpf_name?: string; prog?: { id: number; name?: string }; in_hw?: boolean }
}

const SIDES = ['ingress', 'egress'] as const
const HOOKS = new Set(['clsact', 'ingress'])

const parse = <T>(text: string): T[] => {
  try {
    return JSON.parse(text) as T[]
  } catch {
    return []
  }
}

/** undefined: `tc` can't be run. */
export const readFilters = async (system: System): Promise<TcFilter[] | undefined> => {
  const { code, stdout } = await system.run('tc', ['-j', 'qdisc', 'show'])
  if (code === undefined) return undefined
  const names = [
    ...new Set(
      parse<{ dev: string; kind: string }>(stdout)
        .filter(({ kind }) => HOOKS.has(kind))
        .map(({ dev }) => dev),
    ),
  ]
  if (names.length === 0) return []
  const asked = names.flatMap((name) => SIDES.map((side) => ({ interface: name, side })))
  const batch = asked.map((one) => `filter show dev ${one.interface} ${one.side}\n`).join('')
  const answers = await system.run('tc', ['-j', '-force', '-b', '-'], batch)
  const arrays = splitArrays(answers.stdout)
  // An interface has gone meanwhile: which one was it?
  if (arrays.length !== asked.length) return readOneByOne(system, asked)
  return asked.flatMap((one, i) => filtersOf(one, arrays[i] ?? '[]'))
}

type Asked = Pick<TcFilter, 'interface' | 'side'>

const readOneByOne = async (system: System, asked: readonly Asked[]): Promise<TcFilter[]> => {
  const found = await Promise.all(
    asked.map(async (one) => {
      const args = ['-j', 'filter', 'show', 'dev', one.interface, one.side]
      return filtersOf(one, (await system.run('tc', args)).stdout)
    }),
  )
  return found.flat()
}

/** One array after the other, as `tc -b` prints them: each ends with a bracket at the end of a line. */
const splitArrays = (text: string): string[] =>
  text
    .split(/(?<=\])\s*\n/)
    .map((part) => part.trim())
    .filter((part) => part.startsWith('['))

const filtersOf = (asked: Asked, text: string): TcFilter[] =>
  parse<ShownFilter>(text)
    // tc names each priority once more, without options.
    .filter(({ options }) => options !== undefined)
    .map(({ pref, kind, options }) => ({
      ...asked,
      priority: pref,
      ...nameOf(kind, options),
      inHardware: options?.in_hw ?? false,
    }))

/** libbpf names a filter `name:[id]`, tc `file.o:[section]`. */
const nameOf = (kind: string, options: ShownFilter['options']): { name: string; id: number } => {
  if (kind !== 'bpf') return { name: kind, id: 0 }
  const [, filterName = '', number] = /^(.*?)(?::\[(\d+)\])?$/.exec(options?.bpf_name ?? '') ?? []
  return {
    // A classic BPF program has no name.
    name: filterName || (options?.prog?.name ?? kind),
    id: options?.prog?.id ?? Number(number ?? 0),
  }
}
