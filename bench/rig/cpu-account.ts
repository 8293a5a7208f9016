/** CPU time of a command and everything that it starts, exited processes included: a cgroup v2 of its own. */
import { mkdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { sleep } from './line-process.ts'
import type { Undo } from './undo.ts'

export interface CpuTime {
  user: number
  system: number
}

export interface CpuAccount {
  /** Command that runs `words` in the cgroup, on the CPU that senders leave alone. */
  inside(words: readonly string[]): string[]
  /** Seconds so far. */
  read(): CpuTime
}

const mountPoint = (): string => {
  const line = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .find((text) => text.split(' ')[2] === 'cgroup2')
  const path = line?.split(' ')[1]
  if (path === undefined)
    throw new Error('no cgroup v2 is mounted: mount -t cgroup2 none /sys/fs/cgroup/unified')
  return path
}

export interface Cgroup {
  folder: string
  /** Command that runs `words` in it. */
  inside(words: readonly string[]): string[]
}

let made = 0

/** A cgroup v2 of our own. */
export const createCgroup = (undo: Undo): Cgroup => {
  const folder = join(mountPoint(), `netscope-bench-${process.pid}-${++made}`)
  mkdirSync(folder)
  undo.add(() => removeWhenEmpty(folder))
  const enter = `echo $$ >${folder}/cgroup.procs && exec "$@"`
  return { folder, inside: (words) => ['sh', '-c', enter, 'sh', ...words] }
}

export const createCpuAccount = (undo: Undo): CpuAccount => {
  const { folder, inside } = createCgroup(undo)
  return {
    inside: (words) => ['taskset', '-c', OTHER_CPU, ...inside(words)],
    read: () => {
      const text = readFileSync(join(folder, 'cpu.stat'), 'utf8')
      const seconds = (name: string) =>
        Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0) / 1e6
      return { user: seconds('user_usec'), system: seconds('system_usec') }
    },
  }
}

/** Percent of a core that it takes in the next `seconds`. */
export const shareOfCore = async (account: CpuAccount, seconds: number): Promise<number> => {
  const before = account.read()
  const began = performance.now()
  await sleep(seconds * 1000)
  const after = account.read()
  const tookSeconds = (performance.now() - began) / 1000
  return ((after.user + after.system - before.user - before.system) / tookSeconds) * 100
}

/** Packets of a veth pair are handled on the sender's CPU: pinned apart, they are nobody's time but the sender's. */
export const SENDER_CPU = '0'
const OTHER_CPU = '1'

/** Processes that were told to end may take a moment. */
const removeWhenEmpty = (folder: string): void => {
  for (let attempt = 0; ; attempt++) {
    try {
      return rmdirSync(folder)
    } catch (error) {
      if (attempt === 40) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
    }
  }
}
