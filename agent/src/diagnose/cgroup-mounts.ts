/** Where cgroup v2 is: alone, beside v1 (hybrid), below a v1 tree, or not at all. */

export interface CgroupMounts {
  layout: 'v2' | 'hybrid' | 'v1' | 'none'
  /** Where v2 is mounted; the shortest path where it is several times. */
  path?: string
  /** Whether what is mounted there is the root of all cgroups, as far as the mount tells. */
  isRoot: boolean
}

/** Fields of a line of /proc/PID/mountinfo (proc(5)): optional ones end with a dash. */
const parseLine = (line: string) => {
  const [before = '', after = ''] = line.split(' - ')
  const [, , , root = '', path = ''] = before.split(' ')
  return { root: unescape(root), path: unescape(path), type: after.split(' ')[0] }
}

/** Blanks and the like are written `\040`. */
const unescape = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  )

/** Reads the text of /proc/self/mountinfo. */
export const parseCgroupMounts = (mountinfo: string): CgroupMounts => {
  const mounts = mountinfo.split('\n').map(parseLine)
  const hasV1 = mounts.some(({ type }) => type === 'cgroup')
  const [best] = mounts
    .filter(({ type }) => type === 'cgroup2')
    .toSorted(
      (a, b) => Number(b.root === '/') - Number(a.root === '/') || a.path.length - b.path.length,
    )
  if (!best) return { layout: hasV1 ? 'v1' : 'none', isRoot: false }
  return { layout: hasV1 ? 'hybrid' : 'v2', path: best.path, isRoot: best.root === '/' }
}
