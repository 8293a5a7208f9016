/** Sockets that were there before our programs, from what inet_diag tells of them. */
import { describe, expect, it } from 'vitest'
import type { DiagMessage } from './diag-row.ts'
import { fakeDiagMessage, type FakeDiagSocket } from './fake-diag-message.ts'
import { createOldSockets } from './old-sockets.ts'
import { ROLE_UNKNOWN, SOCKET_BYTES, SOCKET_CLOSED, SOCKET_OPEN } from './socket-slot.ts'
import { socketRows } from './test-socket-row.ts'

const LOOK_EVERY = 5
const LISTEN = 10
const CLOSED = 7
const V6 = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]

const createRig = (capacity = 4) => {
  let sockets: Partial<FakeDiagSocket>[] = []
  let known: bigint[] = []
  let dumps = 0
  let failure: Error | undefined
  const dump = (visit: (socket: DiagMessage) => void) => {
    dumps++
    if (failure) throw failure
    // One buffer for all, as in the kernel's answer.
    const shared = Buffer.alloc(400)
    for (const socket of sockets) {
      const { message, info, ...rest } = fakeDiagMessage(socket)
      message.copy(shared)
      info.copy(shared, 100)
      visit({
        ...rest,
        message: shared.subarray(0, message.length),
        info: shared.subarray(100, 100 + info.length),
      })
    }
  }
  const old = createOldSockets(capacity, dump)
  return {
    old,
    set: (...now: Partial<FakeDiagSocket>[]) => (sockets = now),
    know: (...cookies: bigint[]) => (known = cookies),
    fail: (error: Error | undefined) => (failure = error),
    look: () => {
      for (let i = 0; i < LOOK_EVERY; i++)
        old.tick((low, high) => known.includes((BigInt(high) << 32n) | BigInt(low)))
    },
    rows: () => socketRows(old.table.slots, old.table.handedOut()),
    dumps: () => dumps,
    recycle: (row: number) => {
      old.table.slots.fill(0, row * SOCKET_BYTES, (row + 1) * SOCKET_BYTES)
      old.table.recycle(Uint32Array.of(row), 1)
    },
  }
}

describe('old sockets', () => {
  it('become rows: addresses, ports above 32,767, counters, without a role', () => {
    const { set, look, rows, old } = createRig()
    set(
      {
        cookie: (9n << 32n) | 0xffffffffn,
        localPort: 65_000,
        remotePort: 50_000,
        sent: 2 ** 40 + 1,
        received: 77,
        srttUs: 1500,
        retransmits: 3,
        inode: 1234,
        uid: 33,
      },
      { local: V6, remote: V6, cookie: 2n },
    )
    look()
    expect(rows()).toMatchObject([
      {
        cookie: (9n << 32n) | 0xffffffffn,
        state: SOCKET_OPEN,
        tcpState: 1,
        protocol: 6,
        role: ROLE_UNKNOWN,
        local: '10.0.0.1',
        remote: '192.0.2.1',
        localPort: 65_000,
        remotePort: 50_000,
        sent: 2 ** 40,
        received: 77,
        srttUs: 1500,
        retransmits: 3,
        owner: undefined,
      },
      { cookie: 2n, local: '2001:db8::1', remote: '2001:db8::1' },
    ])
    expect(old.ownerOf(0)).toEqual({ inode: 1234, uid: 33 })
    expect(old.ownerOf(1)).toBeUndefined()
  })

  it.each([
    ['without tcp_info', 0, [0, 0, 0]],
    ['with that of Linux 4.0, which has no bytes', 120, [0, 0, 1500]],
    ['with one that ends within a field', 134, [4, 0, 1500]],
  ])('%s have what is there', (_, infoBytes, [sent, received, srttUs]) => {
    const { set, look, rows } = createRig()
    set({ infoBytes, sent: 5, received: 6, srttUs: 1500 })
    look()
    expect(rows()).toMatchObject([{ sent, received, srttUs }])
  })

  it('have no smallest round trip before the first, and a rate that fits', () => {
    const { set, look, old } = createRig()
    set({ rate: 2n ** 40n })
    look()
    const view = new DataView(old.table.slots.buffer)
    expect([view.getUint32(36, true), view.getUint32(56, true)]).toEqual([0, 0xffffffff])
  })

  it.each([
    ['a client, whose SYN counts', { localPort: 40_000 }, [99, 50]],
    ['a server', { localPort: 80 }, [100, 50]],
    ['a server whose FIN has been acknowledged', { localPort: 80, state: 5 }, [99, 50]],
    ['a server whose client has sent its FIN', { localPort: 80, state: 8 }, [100, 49]],
    ['a client both of whose FINs are on their way', { state: 11 }, [99, 49]],
  ])('have the payload alone of %s', (_, socket, [sent, received]) => {
    const { set, look, rows } = createRig()
    set({ state: LISTEN, localPort: 80 }, { sent: 100, received: 50, ...socket })
    look()
    expect(rows()).toMatchObject([{ sent, received }])
  })

  it('are those of the first look only, and not those that our programs follow', () => {
    const { set, look, rows, know } = createRig()
    know(2n)
    set({ cookie: 1n }, { cookie: 2n })
    look()
    set({ cookie: 1n, sent: 11 }, { cookie: 2n }, { cookie: 3n })
    look()
    expect(rows()).toMatchObject([{ cookie: 1n, sent: 10 }])
  })

  it('that have gone are closed; then nobody looks any more', () => {
    const { set, look, rows, dumps } = createRig()
    set({ cookie: 1n })
    look()
    set()
    look()
    expect(rows()).toMatchObject([{ state: SOCKET_CLOSED, tcpState: CLOSED }])
    expect(dumps()).toBe(2)
    look()
    expect(dumps()).toBe(2)
  })

  it('listen for those that they accept later, as long as the first look saw them', () => {
    const { set, look, rows, old } = createRig()
    set({ state: LISTEN, localPort: 80, inode: 5, uid: 1, remotePort: 0 })
    look()
    expect(rows()).toEqual([])
    expect(old.listenerOwner(80)).toEqual({ inode: 5, uid: 1 })
    expect(old.listenerOwner(81)).toBeUndefined()
  })

  it('beyond the capacity are counted; a row given back has no owner', () => {
    const { set, look, old, recycle } = createRig(2)
    set({ cookie: 1n, inode: 7 }, { cookie: 2n }, { cookie: 3n })
    look()
    expect(old.table.overflow()).toBe(1)
    recycle(0)
    expect(old.ownerOf(0)).toBeUndefined()
  })

  it('stay as they were, with the reason, until the kernel tells again', () => {
    const { set, look, rows, old, fail, dumps } = createRig()
    set({ cookie: 1n })
    look()
    expect(old.problem()).toBe('')
    fail(new Error('EPERM'))
    look()
    expect(old.problem()).toBe('EPERM: sockets older than the agent are not known')
    expect(rows()).toMatchObject([{ state: SOCKET_OPEN }])
    fail(undefined)
    look()
    expect([old.problem(), dumps()]).toEqual(['', 3])
  })
})
