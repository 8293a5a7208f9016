/** The cgroup v2 tree that our programs attach to: where it is, whether it is all of the host's. */
import { ERRNO, errnoName } from './errno.ts'
import { parseCgroupMounts, type CgroupMounts } from './cgroup-mounts.ts'
import type { Outcome } from './outcome.ts'
import { readWord } from './probe.ts'
import type { System } from './system.ts'

/** What the kernel calls the cgroup namespace of the host (PROC_CGROUP_INIT_INO, include/linux/proc_ns.h). */
const INITIAL_NAMESPACE = 'cgroup:[4026531835]'

export interface Cgroups {
  outcome: Outcome
  /** File descriptor of the tree's root; undefined where there is none to open. */
  root: number | undefined
  /** A cgroup without processes, made for probing, or why there is none. */
  empty: { fd: number } | { reason: string }
  /** Takes back what was made. */
  close(): void
}

/** Opens the v2 tree, makes an empty cgroup in it. Where v2 is not mounted, a mount that nobody sees is tried. */
export const openCgroups = (system: System, namespace: string): Cgroups => {
  const mounts = parseCgroupMounts(readWord(system, '/proc/self/mountinfo'))
  const unseen = mounts.path === undefined ? system.calls.mountUnseen('cgroup2') : -1
  const path = mounts.path ?? (unseen >= 0 ? `/proc/self/fd/${unseen}` : undefined)
  const outcome = describe(mounts, unseen, namespace)
  if (path === undefined) {
    const none = { reason: 'there is no cgroup v2' }
    return { outcome, root: undefined, empty: none, close: () => undefined }
  }
  const root = system.openFolder(path)
  const group = `${path}/netscope-probe-${process.pid}`
  const made = system.makeFolder(group)
  const folder = made < 0 ? made : system.openFolder(group)
  return {
    outcome:
      root >= 0
        ? outcome
        : { state: 'unknown', detail: `${path} cannot be opened: ${errnoName(root)}` },
    root: root >= 0 ? root : undefined,
    empty: folder >= 0 ? { fd: folder } : { reason: `${errnoName(folder)} making a cgroup` },
    close: () => {
      for (const fd of [folder, root]) if (fd >= 0) system.calls.close(fd)
      if (made >= 0) system.removeFolder(group)
      if (unseen >= 0) system.calls.close(unseen)
    },
  }
}

const describe = (mounts: CgroupMounts, unseen: number, namespace: string): Outcome => {
  if (mounts.path === undefined) return describeUnmounted(mounts, unseen)
  if (!mounts.isRoot || (namespace !== '' && namespace !== INITIAL_NAMESPACE)) {
    return {
      state: 'limited',
      detail: `${mounts.path} is a part of the host's tree only: sockets of other cgroups are not seen`,
      remedy: 'Give the container the cgroup namespace of the host: --cgroupns=host.',
    }
  }
  const beside = mounts.layout === 'hybrid' ? ', beside v1 (hybrid)' : ''
  return { state: 'works', detail: `at ${mounts.path}${beside}` }
}

const describeUnmounted = ({ layout }: CgroupMounts, unseen: number): Outcome => {
  const found = layout === 'v1' ? 'only v1 is mounted' : 'no cgroups are mounted'
  if (unseen >= 0) return { state: 'works', detail: `${found}; a private mount of v2 can be made` }
  if (unseen === ERRNO.EPERM) {
    return {
      state: 'unknown',
      detail: `${found}; making a private mount of v2 is not permitted: CAP_SYS_ADMIN missing`,
      remedy: 'Run it as root, or mount it: `mount -t cgroup2 none /sys/fs/cgroup/unified`.',
    }
  }
  return {
    state: 'missing',
    detail: `${found}, and v2 cannot be (${errnoName(unseen)})`,
    remedy: 'Boot a kernel with CONFIG_CGROUPS and CONFIG_CGROUP_BPF.',
  }
}
