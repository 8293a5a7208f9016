/** Where cgroups are mounted, from mountinfo (proc_pid_mountinfo(5)). */

export interface CgroupMount {
  path: string
  /** Path of the cgroup that is mounted there; `/` is all that our cgroup namespace shows. */
  root: string
}

/** Whether v1 is mounted as well: then processes may be told apart there only. */
export const hasCgroupV1 = (mountinfo: string): boolean => / - cgroup /.test(mountinfo)

/** The v2 mount that shows most: on `/sys/fs/cgroup`, or below a v1 tree (`/sys/fs/cgroup/unified`). */
export const findCgroupMount = (mountinfo: string): CgroupMount | undefined => {
  const mounts = mountinfo.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ', 2)
    const [, , , root = '', path = ''] = before.split(' ')
    return after.startsWith('cgroup2 ') ? [{ path: unescape(path), root: unescape(root) }] : []
  })
  return mounts.sort((a, b) => a.root.length - b.root.length || a.path.length - b.path.length)[0]
}

/** Blank, tab, newline and backslash are octal there. */
const unescape = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))
