/** Paths of cgroups, on folders that stand for them (an inode is an inode). */
import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findCgroupMount } from './cgroup-mount.ts'
import { createCgroupPaths } from './cgroup-paths.ts'

let mount: string
beforeEach(() => {
  mount = mkdtempSync(join(tmpdir(), 'netscope-cgroups-'))
})
afterEach(() => rmSync(mount, { recursive: true, force: true }))

const make = (path: string): number => {
  mkdirSync(mount + path, { recursive: true })
  return statSync(mount + path).ino
}
const started = (config = {}) => {
  const paths = createCgroupPaths({ mount, ...config })
  paths.start(0)
  return paths
}

describe('paths of cgroups', () => {
  it('all are known after the start, the root as /', () => {
    const deep = make('/system.slice/a.service/sub')
    const { pathOf, reason } = started()
    expect(pathOf(deep, 0)).toBe('/system.slice/a.service/sub')
    expect(pathOf(statSync(mount).ino, 0)).toBe('/')
    expect(reason()).toBeUndefined()
  })

  it('a new one is found on a miss, but not more often than every 250 ms', () => {
    const paths = started()
    const id = make('/docker/x')
    expect(paths.pathOf(id, 249)).toBeUndefined()
    expect(paths.pathOf(id, 60_000)).toBe('/docker/x')
    const later = make('/docker/y')
    expect(paths.pathOf(later, 60_249)).toBeUndefined()
    expect(paths.pathOf(later, 120_000)).toBe('/docker/y')
  })

  it('a vanished one keeps its path for ten minutes', () => {
    const id = make('/gone')
    const paths = started()
    renameSync(`${mount}/gone`, `${mount}-gone`) // its inode must not come back as another folder
    try {
      paths.pathOf(1e15, 599_999)
      expect(paths.pathOf(id, 599_999)).toBe('/gone')
      paths.pathOf(1e15, 700_000)
      expect(paths.pathOf(id, 700_000)).toBeUndefined()
    } finally {
      rmSync(`${mount}-gone`, { recursive: true })
    }
  })

  it('one that lived between two ticks is known afterwards, if the counts of cgroups told of it', () => {
    writeFileSync(`${mount}/cgroup.stat`, 'nr_descendants 0\n')
    const paths = started()
    const id = make('/short')
    paths.refresh(5000)
    writeFileSync(`${mount}/cgroup.stat`, 'nr_descendants 1\n')
    paths.refresh(5999)
    paths.refresh(6000)
    renameSync(`${mount}/short`, `${mount}-short`)
    rmSync(`${mount}-short`, { recursive: true })
    expect(paths.pathOf(id, 6001)).toBe('/short')
  })

  it('no more than the limit are kept, and that is said', () => {
    const ids = Array.from({ length: 10 }, (_, i) => make(`/c${i}`))
    const { pathOf, reason } = started({ maxCgroups: 5 })
    expect(ids.filter((id) => pathOf(id, 0) !== undefined)).toHaveLength(4)
    expect(reason()).toContain('more than 5 cgroups')
  })

  it('without a mount nothing is known, for a reason', () => {
    const paths = createCgroupPaths({ mountinfo: '/dev/null' })
    paths.start(0)
    paths.refresh(5000)
    expect(paths.pathOf(1, 5000)).toBeUndefined()
    expect(paths.reason()).toContain('not mounted')
  })

  it('a mount that cannot be read is a reason, too', () => {
    expect(started({ mount: '/nowhere' }).reason()).toContain('/nowhere')
  })
})

describe('the mount of cgroup v2', () => {
  const line = (root: string, path: string, type: string) =>
    `30 22 0:27 ${root} ${path} rw,nosuid shared:9 - ${type} ${type} rw,nsdelegate`

  it.each([
    ['the only one', [line('/', '/sys/fs/cgroup', 'cgroup2')], '/sys/fs/cgroup'],
    [
      'below a v1 tree',
      [
        line('/', '/sys/fs/cgroup', 'tmpfs'),
        line('/', '/sys/fs/cgroup/pids', 'cgroup'),
        line('/', '/sys/fs/cgroup/unified', 'cgroup2'),
      ],
      '/sys/fs/cgroup/unified',
    ],
    [
      'the whole rather than a part',
      [line('/a/b', '/a', 'cgroup2'), line('/', '/mnt/long', 'cgroup2')],
      '/mnt/long',
    ],
    ['with a blank in its path', [line('/', '/mnt/a\\040b', 'cgroup2')], '/mnt/a b'],
    ['none', [line('/', '/sys/fs/cgroup/pids', 'cgroup'), 'junk', ''], undefined],
  ])('%s', (_, lines, path) => {
    expect(findCgroupMount(lines.join('\n'))?.path).toBe(path)
  })
})
