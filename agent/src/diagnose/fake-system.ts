/** A machine of the tests' making: files and what the kernel answers to bpf(2). */
import { COMMAND } from './minimal-program.ts'
import type { KernelTypes, System } from './system.ts'

const ENOENT = -2

export interface FakeMachine {
  release?: string
  uid?: number
  files?: Readonly<Record<string, string>>
  /** -errno of files that are not simply absent. */
  errnos?: Readonly<Record<string, number>>
  folders?: Readonly<Record<string, readonly string[]>>
  links?: Readonly<Record<string, string>>
  /** Standard output by `tc -j qdisc show`; what is not named is not installed. */
  programs?: Readonly<Record<string, string>>
  /** -errno by `progLoad 26 24` (program and attach type), `mapCreate 24`, `linkCreate 46`, or `progLoad`. */
  refusals?: Readonly<Record<string, number>>
  /** Numbers of programs by `target attachType` of a query, and their names. */
  attached?: Readonly<Record<string, readonly number[]>>
  exclusive?: boolean
  names?: Readonly<Record<number, string>>
  mounts?: Readonly<Record<string, number>>
  makeFolder?: number
  features?: readonly string[]
  types?: Readonly<Record<string, number>> | undefined
  libbpf?: { missing: string }
}

export interface FakeSystem extends System {
  /** File descriptors that were handed out and are not closed. */
  open(): number[]
  folders(): string[]
}

/** What differs between commands of the same name. */
const DETAILS: Readonly<Record<number, (attr: Buffer) => number[]>> = {
  [COMMAND.progLoad]: (attr) => [attr.readUInt32LE(0), attr.readUInt32LE(68)],
  [COMMAND.mapCreate]: (attr) => [attr.readUInt32LE(0)],
  [COMMAND.linkCreate]: (attr) => [attr.readUInt32LE(8)],
}
const NAMES = new Map(Object.entries(COMMAND).map(([name, number]) => [number as number, name]))

export const createFakeSystem = (machine: FakeMachine = {}): FakeSystem => {
  const open = new Set<number>()
  const made = new Set<string>()
  const memory: Uint8Array[] = []
  let next = 100
  const hand = (): number => {
    open.add(next)
    return next++
  }

  const query = (attr: Buffer): number => {
    const key = `${attr.readUInt32LE(0)} ${attr.readUInt32LE(4)}`
    const ids = machine.attached?.[key] ?? machine.attached?.[`* ${attr.readUInt32LE(4)}`] ?? []
    const buffer = memory[Number(attr.readBigUInt64LE(16))]
    ids.forEach((id, i) => Buffer.from(buffer!.buffer, buffer!.byteOffset).writeUInt32LE(id, i * 4))
    attr.writeUInt32LE(ids.length, 24)
    attr.writeUInt32LE(machine.exclusive ? 0 : 2, 12)
    return 0
  }
  const programById = (attr: Buffer): number => {
    if (machine.names?.[attr.readUInt32LE(0)] === undefined) return -1
    open.add(1000 + attr.readUInt32LE(0))
    return 1000 + attr.readUInt32LE(0)
  }
  const info = (attr: Buffer): number => {
    const buffer = memory[Number(attr.readBigUInt64LE(8))]!
    Buffer.from(buffer.buffer, buffer.byteOffset).write(
      machine.names?.[attr.readUInt32LE(0) - 1000] ?? '',
      64,
      15,
      'latin1',
    )
    return 0
  }

  return {
    release: machine.release ?? '6.12.1',
    uid: machine.uid ?? 0,
    read: (path) => {
      const text = machine.files?.[path]
      return text === undefined ? { errno: machine.errnos?.[path] ?? ENOENT } : { text }
    },
    readLink: (path) => machine.links?.[path] ?? '',
    list: (path) => [...(machine.folders?.[path] ?? [])],
    run: async (command, args) => {
      const stdout = machine.programs?.[[command, ...args].join(' ')]
      return stdout === undefined ? { code: undefined, stdout: '' } : { code: 0, stdout }
    },
    makeFolder: (path) => {
      if (machine.makeFolder === undefined) made.add(path)
      return machine.makeFolder ?? 0
    },
    removeFolder: (path) => void made.delete(path),
    openFolder: () => hand(),
    calls: {
      bpf: (command, attr) => {
        const name = NAMES.get(command) ?? ''
        const details = DETAILS[command]?.(attr) ?? []
        const keys = [[name, ...details], [name, details[0]], [name]].map((key) => key.join(' '))
        const refused = keys.map((key) => machine.refusals?.[key]).find((one) => one !== undefined)
        if (refused !== undefined) return refused
        if (command === COMMAND.progQuery) return query(attr)
        if (command === COMMAND.progGetFdById) return programById(attr)
        if (command === COMMAND.objGetInfoByFd) return info(attr)
        return hand()
      },
      addressOf: (bytes) => BigInt(memory.push(bytes) - 1),
      perfEventOpen: () => machine.refusals?.['perfEventOpen'] ?? hand(),
      close: (fd) => void open.delete(fd),
      settle: async () => undefined,
      mountUnseen: (type) => machine.mounts?.[type] ?? hand(),
      deviceFeatures: () => machine.features,
    },
    libbpf: machine.libbpf ?? { version: 'v1.1', openKernelTypes: async () => typesOf(machine) },
    open: () => [...open],
    folders: () => [...made],
  }
}

const ALL_TYPES = { tcp_connect: 1, btf_trace_tcp_retransmit_skb: 2, skb_drop_reason: 3 }

const typesOf = (machine: FakeMachine): KernelTypes | undefined => {
  const types: Readonly<Record<string, number>> | undefined =
    'types' in machine ? machine.types : ALL_TYPES
  return (
    types && { find: async (name) => types[name], memberCount: () => 77, close: () => undefined }
  )
}

/** All capabilities, as the kernel writes them. */
export const ROOT_STATUS = 'Seccomp:\t0\nCapEff:\t000001ffffffffff\n'

/** A Debian 12 machine on which everything works; `changes` go over it. */
export const healthyMachine = (changes: FakeMachine = {}): FakeMachine => ({
  ...changes,
  files: {
    '/proc/self/status': ROOT_STATUS,
    '/proc/self/limits':
      'Max locked memory         8388608              8388608              bytes',
    '/proc/self/uid_map': '         0          0 4294967295\n',
    '/proc/self/mountinfo':
      '25 24 0:23 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n',
    '/proc/self/cgroup': '0::/user.slice\n',
    '/proc/meminfo': 'MemAvailable:    4194304 kB\n',
    '/sys/kernel/security/lockdown': '[none] integrity confidentiality\n',
    '/proc/sys/net/core/bpf_jit_enable': '1\n',
    '/proc/sys/kernel/unprivileged_bpf_disabled': '2\n',
    '/sys/bus/event_source/devices/kprobe/type': '6\n',
    '/sys/devices/system/clocksource/clocksource0/current_clocksource': 'tsc\n',
    '/sys/class/net/eth0/ifindex': '2\n',
    '/sys/class/net/eth0/mtu': '1500\n',
    '/sys/class/net/eth0/type': '1\n',
    ...changes.files,
  },
  folders: {
    '/sys/kernel/btf': ['vmlinux'],
    '/sys/class/net': ['eth0'],
    '/sys/class/net/eth0': ['ifindex'],
    '/sys/class/net/eth0/device': ['vendor'],
    ...changes.folders,
  },
  links: { '/proc/self/ns/cgroup': 'cgroup:[4026531835]', ...changes.links },
  programs: {
    'ip -j -d link show': '[{"ifindex":2,"ifname":"eth0"}]',
    'tc -j qdisc show': '[]',
    'ss -H --xdp': '',
    ...changes.programs,
  },
  refusals: { 'linkCreate 46': -19, 'linkCreate 54': -19, ...changes.refusals },
})
