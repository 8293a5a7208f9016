/** Owners of sockets, of those that our programs follow and of older ones. */
import { describe, expect, it } from 'vitest'
import { createFakeProcesses } from '../enrich/fake-processes.ts'
import { createFakeSocketTable } from './fake-socket-table.ts'
import { fakeDiagMessage, type FakeDiagSocket } from './fake-diag-message.ts'
import { ROLE_SERVER, ROLE_UNKNOWN } from './socket-slot.ts'
import { createSockets } from './sockets.ts'

const LISTEN = 10
const OURS = 5n

/** The process that holds inode N is N + 1000; ids are pids. */
const createRig = (before: Partial<FakeDiagSocket>[] = [], problem?: Error) => {
  const table = createFakeSocketTable(8)
  const sockets = createSockets({
    source: {
      sockets: table,
      netns: { cookie: OURS, inode: 1 },
      dumpTcpSockets: (visit) => {
        if (problem) throw problem
        for (const socket of before) visit(fakeDiagMessage(socket))
      },
      nowNs: () => 0,
    },
    dictionary: { process: ({ pid }) => pid },
    processes: createFakeProcesses(),
    pidOfInode: (inode) => (inode < 100 ? inode + 1000 : undefined),
  })
  const [followed, old] = sockets.sets
  return { table, sockets, followed: followed!, old: old! }
}

describe('the owner of a socket', () => {
  it('is who was captured', () => {
    const { table, sockets, followed } = createRig([{ state: LISTEN, localPort: 80, inode: 7 }])
    const row = table.open({ pid: 42, localPort: 80 })
    sockets.tick()
    expect(followed.owners.of(row)).toBe(42)
  })

  it('is found by the cookie of the socket, of followed and of older ones', () => {
    const { table, sockets } = createRig([{ cookie: 1n, inode: 7 }])
    table.open({ pid: 42, localPort: 80, cookie: (3n << 32n) | 2n })
    sockets.tick()
    expect([sockets.ownerOf(2, 3), sockets.ownerOf(1, 0), sockets.ownerOf(2, 0)]).toEqual([
      ...[42, 1007, 0],
    ])
  })

  it.each([
    ['of our network namespace is that listener’s', OURS, 80, 1007],
    ['of a namespace that is not known is that listener’s', 0n, 80, 1007],
    ['of another network namespace is not known', 6n, 80, 0],
    ['at another port is not known', OURS, 81, 0],
  ])('of a connection to an older listener %s', (_, netns, localPort, id) => {
    const { table, sockets, followed } = createRig([{ state: LISTEN, localPort: 80, inode: 7 }])
    const row = table.open({ pid: 0, role: ROLE_SERVER, netns, localPort })
    sockets.tick()
    expect(followed.owners.of(row)).toBe(id)
  })

  it('of an older socket is who holds its inode', () => {
    const { sockets, old } = createRig([
      { cookie: 1n, inode: 7 },
      { cookie: 2n, inode: 500 },
    ])
    sockets.tick()
    expect([0, 1].map((row) => old.owners.of(row))).toEqual([1007, 0])
    expect(sockets.used()).toBe(2)
  })

  it('is who accepted it, once the socket is known', () => {
    const { table, sockets, followed } = createRig()
    const row = table.open({ cookie: (3n << 32n) | 2n, pid: 42, role: ROLE_SERVER })
    const acceptance = {
      cookie: (3n << 32n) | 2n,
      pid: 43,
      uid: 0,
      cgroupId: 1n,
      command: 'worker',
    }
    expect(sockets.accepted(acceptance)).toBe(false)
    sockets.tick()
    expect(sockets.accepted(acceptance)).toBe(true)
    sockets.tick()
    expect(followed.owners.of(row)).toBe(43)
  })
})

describe('the sockets of a host', () => {
  it('are added up, old and new', () => {
    const { table, sockets } = createRig([{ cookie: 100n, sent: 10 }])
    table.open({ sent: 5 })
    table.open({ sent: 6, role: ROLE_UNKNOWN })
    sockets.tick()
    sockets.applicationBytes(1n, 50, 0)
    sockets.applicationBytes(999n, 50, 0)
    sockets.tick()
    expect(sockets.tcp()).toMatchObject({ connects: 1, established: 3, sentBytes: 50 })
  })

  it('are not told twice when our programs follow one that inet_diag shows as well', () => {
    const { table, sockets } = createRig([{ cookie: 1n }])
    table.open({ cookie: 1n })
    sockets.tick()
    expect(sockets.used()).toBe(1)
  })

  it('say why old ones are not known', () => {
    const { sockets } = createRig([], new Error('EPERM'))
    expect(sockets.reasons()).toEqual([])
    sockets.tick()
    expect(sockets.reasons()).toEqual(['EPERM: sockets older than the agent are not known'])
  })

  it('are none where no program sees them', () => {
    const sockets = createSockets({
      source: { nowNs: () => 0 },
      dictionary: { process: () => 1 },
      processes: createFakeProcesses(),
      pidOfInode: () => undefined,
    })
    sockets.tick()
    expect([sockets.sets, sockets.tcp(), sockets.used()]).toEqual([[], undefined, 0])
  })
})
