/** Clock and memory. */
import type { DiagnosisCheck } from '@netscope/core/diagnosis.ts'
import { atLeast } from './kernel-version.ts'
import { INSTRUCTIONS, loadProgram, PROGRAM_TYPE } from './minimal-program.ts'
import { judge, type Outcome } from './outcome.ts'
import { readWord, toCheck, type ProbeContext } from './probe.ts'

const AREA = 'machine'
const CLOCK = '/sys/devices/system/clocksource/clocksource0'
/** Read by registers of a chip: over 1 µs each time; the others take some 20 ns. */
const SLOW_CLOCKS = new Set(['hpet', 'acpi_pm', 'jiffies', 'refined-jiffies'])

/** Of bpf/tables.h, by what the kernel charges for 131,072 flows (memlock in /proc/self/fdinfo). */
const FLOW_BYTES = 420
/** Rings, lists, counters. */
const FIXED_BYTES = 1 << 20
/** More than this share of the memory makes trouble likely. */
const SHARE = 0.5
const MIB = 1 << 20

export const probeMachine = async (
  context: ProbeContext,
  tableSize: number,
): Promise<DiagnosisCheck[]> => {
  const checks: [name: string, outcome: Outcome][] = [
    ['clock source', clockSource(context)],
    ['coarse clock', await coarseClock(context)],
    ['memory', memory(context, tableSize)],
    ['memory limit', memoryLimit(context, tableSize)],
    ['locked memory', lockedMemory(context)],
  ]
  return checks.map(([name, outcome]) => toCheck(AREA, name, outcome))
}

const clockSource = ({ system }: ProbeContext): Outcome => {
  const name = readWord(system, `${CLOCK}/current_clocksource`)
  if (name === '') return { state: 'unknown', detail: `${CLOCK} cannot be read` }
  if (!SLOW_CLOCKS.has(name)) return { state: 'works', detail: name }
  return {
    state: 'limited',
    detail: `${name}: reading it takes over 1 µs, where tsc takes 20 ns`,
    remedy: `Choose another of ${readWord(system, `${CLOCK}/available_clocksource`)} by the boot option clocksource=.`,
  }
}

const coarseClock = async ({ system: { calls }, standing }: ProbeContext): Promise<Outcome> => {
  const program = loadProgram(calls, {
    type: PROGRAM_TYPE.schedCls,
    instructions: INSTRUCTIONS.coarseClock,
  })
  if (program >= 0) calls.close(program)
  const outcome = judge(
    program,
    'bpf_ktime_get_coarse_ns loads',
    { capabilities: ['bpf', 'net_admin'], since: [5, 11], option: 'CONFIG_BPF_SYSCALL' },
    standing,
  )
  if (outcome.state !== 'missing') return outcome
  return {
    ...outcome,
    state: 'limited',
    detail: `${outcome.detail}; each packet costs some 20 ns more`,
  }
}

const mib = (bytes: number): string => `${Math.ceil(bytes / MIB)} MiB`

export const tableBytes = (flows: number): number => FIXED_BYTES + flows * FLOW_BYTES

const describeTable = (flows: number) =>
  `the flow table (${flows} flows) takes ${mib(tableBytes(flows))}`

const SMALLER = 'Set flows.tableSize lower (--flows-table-size).'

const memory = ({ system }: ProbeContext, flows: number): Outcome => {
  const found = /^MemAvailable:\s+(\d+) kB$/m.exec(readWord(system, '/proc/meminfo'))?.[1]
  if (found === undefined) return { state: 'unknown', detail: '/proc/meminfo cannot be read' }
  const available = Number(found) * 1024
  const detail = `${mib(available)} available; ${describeTable(flows)}`
  return tableBytes(flows) > available * SHARE
    ? { state: 'limited', detail, remedy: SMALLER }
    : { state: 'works', detail }
}

/** Of our cgroup and those above it, the lowest: v2 where the controller is there, else v1. */
const memoryLimit = ({ system }: ProbeContext, flows: number): Outcome => {
  const limits = limitFiles(readWord(system, '/proc/self/cgroup'))
    .map((path) => readWord(system, path))
    .filter((text) => /^\d+$/.test(text))
    .map(Number)
    // v1 says "unlimited" by a number near 2^63.
    .filter((bytes) => bytes < 2 ** 60)
  if (limits.length === 0) return { state: 'works', detail: 'none on this cgroup' }
  const limit = Math.min(...limits)
  const detail = `${mib(limit)} for this cgroup; ${describeTable(flows)}`
  return tableBytes(flows) > limit * SHARE
    ? { state: 'limited', detail, remedy: `${SMALLER} Or raise the limit of the cgroup.` }
    : { state: 'works', detail }
}

/** Reads the text of /proc/self/cgroup. */
const limitFiles = (text: string): string[] =>
  text.split('\n').flatMap((line) => {
    const [, number, controllers = '', path = '/'] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? []
    if (controllers.split(',').includes('memory'))
      return folders('/sys/fs/cgroup/memory', path).map((at) => `${at}/memory.limit_in_bytes`)
    if (number === '0') return folders('/sys/fs/cgroup', path).map((at) => `${at}/memory.max`)
    return []
  })

/** A folder and those above it, up to `root`. */
const folders = (root: string, path: string): string[] => {
  const parts = path.split('/').filter((part) => part !== '' && part !== '..')
  return Array.from({ length: parts.length + 1 }, (_, i) => [root, ...parts.slice(0, i)].join('/'))
}

const lockedMemory = ({
  standing: {
    release,
    privileges: { lockedMemoryBytes },
  },
}: ProbeContext): Outcome => {
  if (atLeast(release, [5, 11]))
    return {
      state: 'works',
      detail: 'maps are charged to the cgroup; RLIMIT_MEMLOCK does not count',
    }
  if (lockedMemoryBytes === Infinity) return { state: 'works', detail: 'unlimited' }
  return {
    state: 'limited',
    detail: `${lockedMemoryBytes} bytes here; maps count as locked memory before Linux 5.11`,
    remedy: '`netscope up` raises it for the agent; by hand: `prlimit --memlock=unlimited`.',
  }
}
