/** Tests of ending connections. */
import { parsePrefix } from '@netscope/core/prefix.ts'
import { expect, test } from 'vitest'
import { fakeDiagMessage, type FakeDiagSocket } from '../sockets/fake-diag-message.ts'
import type { DiagSocket, SocketEnder } from '../source.ts'
import { createFakeResponseTable } from './fake-response-table.ts'
import { createTermination } from './termination.ts'

const OTHER = { remote: [192, 0, 2, 7], localPort: 7000, remotePort: 4000 }
const SSH = { ...OTHER, localPort: 22 }
const PAGE = { ...OTHER, localPort: 8086 }

const create = (
  tcp: Partial<FakeDiagSocket>[],
  given: { udp?: Partial<FakeDiagSocket>[]; errno?: number } = {},
) => {
  const ended: number[] = []
  const world = { nowMs: 0, pinned: '' }
  const ender: SocketEnder = {
    find: (protocol, wants) =>
      (protocol === 6 ? tcp : (given.udp ?? []))
        .filter((socket) => wants(fakeDiagMessage(socket)))
        .map((): DiagSocket => ({ family: 2, protocol, id: new Uint8Array(48) })),
    end: ({ protocol }) => {
      ended.push(protocol)
      return given.errno ?? 0
    },
    peersAt: () => [],
  }
  const response = createFakeResponseTable()
  const termination = createTermination({
    ...{ ender, response, sshPorts: [22], ownPort: 8086, forwarded: () => 3 },
    isPinned: (address) =>
      world.pinned !== '' && Buffer.compare(address, parsePrefix(world.pinned).addr) === 0,
    now: () => world.nowMs,
  })
  return { termination, ended, world, response }
}

test('sockets of the prefix end, of TCP and UDP, and it is said what becomes of what passes through', async () => {
  const { termination, ended } = create([OTHER, { ...OTHER, remote: [10, 0, 0, 1] }], {
    udp: [OTHER],
  })
  const done = await termination.terminate({ prefix: '192.0.2.0/24' })
  expect(done).toMatchObject({ ended: 2, failed: [], forwarded: { connections: 3 } })
  expect(ended).toEqual([6, 17])
})

test('only those of the port and the protocol that were asked for', async () => {
  const { termination, ended } = create([OTHER, { ...OTHER, localPort: 80 }], { udp: [OTHER] })
  await termination.terminate({ prefix: '192.0.2.7', port: 80, protocol: 6 })
  expect(ended).toEqual([6])
})

test('SSH, our own page and pinned peers stay, and are told by reason', async () => {
  const { termination, ended, world } = create([SSH, SSH, PAGE, OTHER])
  world.pinned = '192.0.2.7'
  const { failed } = await termination.terminate({ prefix: '192.0.2.7', protocol: 6 })
  expect([failed.map(({ count }) => count), ended]).toEqual([[2, 1, 1], []])
  expect(failed.map(({ reason }) => reason).join()).toMatch(/SSH.*page.*pinned/)
})

test.each([
  [-2, 0],
  [-1, 1],
  [-95, 1],
])('what the kernel answers is told: %i', async (errno, failures) => {
  const { termination } = create([OTHER], { errno })
  const { ended, failed } = await termination.terminate({ prefix: '192.0.2.7', protocol: 6 })
  expect([ended, failed.length]).toEqual([0, failures])
})

test('who is dropped is told by resets, for ten minutes', async () => {
  const { termination, response, world } = create([])
  await termination.terminate({ prefix: '192.0.2.7' })
  world.nowMs = 599_999
  termination.tick()
  expect(response.resets).toBe(true)
  world.nowMs = 600_000
  termination.tick()
  expect(response.resets).toBe(false)
})
