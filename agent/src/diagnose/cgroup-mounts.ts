/** Where cgroup v2 is: alone, beside v1 (hybrid), below a v1 tree, or not at all. */
import { findCgroupMount, hasCgroupV1 } from '../enrich/cgroup-mount.ts'

export interface CgroupMounts {
  layout: 'v2' | 'hybrid' | 'v1' | 'none'
  /** Where v2 is mounted; the shortest path where it is several times. */
  path?: string
  /** Whether what is mounted there is the root of all cgroups, as far as the mount tells. */
  isRoot: boolean
}

/** Reads the text of /proc/self/mountinfo. */
export const parseCgroupMounts = (mountinfo: string): CgroupMounts => {
  const hasV1 = hasCgroupV1(mountinfo)
  const v2 = findCgroupMount(mountinfo)
  if (!v2) return { layout: hasV1 ? 'v1' : 'none', isRoot: false }
  return { layout: hasV1 ? 'hybrid' : 'v2', path: v2.path, isRoot: v2.root === '/' }
}
