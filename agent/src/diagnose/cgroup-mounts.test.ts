/** Where cgroup v2 is, by mountinfo of real machines. */
import { describe, expect, it } from 'vitest'
import { parseCgroupMounts } from './cgroup-mounts.ts'

const V1 = '14 30 0:31 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory'
const mounted = (path: string, root = '/') =>
  `20 40 0:37 ${root} ${path} rw shared:9 - cgroup2 cgroup2 rw`

describe('cgroup mounts', () => {
  it.each([
    [
      'v2 alone',
      [mounted('/sys/fs/cgroup')],
      { layout: 'v2', path: '/sys/fs/cgroup', isRoot: true },
    ],
    [
      'hybrid',
      [V1, mounted('/sys/fs/cgroup/unified')],
      { layout: 'hybrid', path: '/sys/fs/cgroup/unified', isRoot: true },
    ],
    ['v1 alone', [V1], { layout: 'v1', isRoot: false }],
    ['none', ['22 1 0:20 / /proc rw - proc proc rw'], { layout: 'none', isRoot: false }],
    [
      'a container',
      [mounted('/sys/fs/cgroup', '/docker/abc')],
      { layout: 'v2', path: '/sys/fs/cgroup', isRoot: false },
    ],
    [
      'the root beside a part',
      [mounted('/a', '/part'), mounted(String.raw`/with\040blank`)],
      { layout: 'v2', path: '/with blank', isRoot: true },
    ],
  ])('%s', (_name, lines, expected) => {
    expect(parseCgroupMounts(lines.join('\n'))).toEqual(expected)
  })
})
