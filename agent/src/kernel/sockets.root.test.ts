/** The socket programs on the real cgroup root: who owns a socket, what it sent and received however it ends. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { capturedNetns } from '../sockets/captured-owner.ts'
import { ROLE_CLIENT, ROLE_SERVER, SOCKET_BYTES, SOCKET_CLOSED } from '../sockets/socket-slot.ts'
import { socketRows, type SocketRow } from '../sockets/test-socket-row.ts'
import { kernelAtLeast } from './bpf-object.ts'
import { openCgroupRoot } from './cgroup-root.ts'
import { createKernelSockets, type KernelSockets } from './kernel-sockets.ts'
import { addressOf, bpf } from './libbpf.ts'
import { ownNetnsCookie } from './own-netns.ts'

const PROG_QUERY = 16
/** enum bpf_attach_type of our programs. */
const ATTACH_TYPES = [2, 3, 10, 11, 14, 15, 19, 20, 34]
const CLOSED = 7
const TCP = 6
const UDP = 17

/** `l`: a listener, `c` and `s`: the two ends of a connection to it. */
const PAIR = `
import os, socket, struct, sys, time
from socket import *
def say(*ports): print(*ports, flush=True)
def pair(family=AF_INET, host="127.0.0.1"):
    l = socket(family); l.bind((host, 0)); l.listen()
    c = socket(family)
    c.connect((host, l.getsockname()[1]))
    s, _ = l.accept()
    return l, c, s
def reset(x):
    x.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0)); x.close()
def read(x, n):
    while n: n -= len(x.recv(n))
`

describe('the socket programs', () => {
  let sockets: KernelSockets | undefined
  afterEach(() => sockets?.close())

  const attach = (capacity = 8192): void => {
    sockets = createKernelSockets(capacity)
    sockets.attach()
    expect(sockets.capability()).toEqual({ name: 'sockets', ok: true })
  }
  const rows = (): SocketRow[] => {
    const { table } = sockets!
    const end = table!.handedOut()
    return socketRows(table!.slots, end)
  }
  /** Runs the script; the rows with one of the local ports that it said, the port said first comes first. */
  const run = async (
    script: string,
    ...before: string[]
  ): Promise<{ pid: number; found: SocketRow[] }> => {
    const command = [...before, 'python3', '-c', PAIR + script]
    const child = spawn('env', command, { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    child.stdout.on('data', (data: Buffer) => (said += data.toString()))
    const [code] = (await once(child, 'close')) as [number]
    expect(code).toBe(0)
    await sleep(50)
    const ports = said.trim().split(/\s+/).map(Number)
    const found = rows().filter(
      ({ localPort, owner }) => ports.includes(localPort) && owner?.pid === child.pid,
    )
    found.sort((a, b) => ports.indexOf(a.localPort) - ports.indexOf(b.localPort) || a.row - b.row)
    return { pid: child.pid!, found }
  }
  const bytesOf = (found: SocketRow[]) => found.map(({ sent, received }) => [sent, received])

  it.each([
    ['IPv4', 'AF_INET', '127.0.0.1', '127.0.0.1'],
    ['IPv6', 'AF_INET6', '::1', '::1'],
    ['IPv4 in IPv6 sockets', 'AF_INET6', '::ffff:127.0.0.1', '127.0.0.1'],
  ])('tell both ends of a connection by %s', async (_, family, host, address) => {
    attach()
    const { pid, found } = await run(`
l, c, s = pair(${family}, "${host}")
c.sendall(b"x" * 5000); read(s, 5000); s.sendall(b"y" * 70); read(c, 70); time.sleep(0.1)
say(c.getsockname()[1], s.getsockname()[1])
c.close(); s.recv(1); s.close()`)
    const owner = { pid, uid: 0, command: 'python3', isThread: false }
    expect(found).toMatchObject([
      { role: ROLE_CLIENT, local: address, remote: address, sent: 5000, received: 70, owner },
      { role: ROLE_SERVER, local: address, remote: address, sent: 70, received: 5000, owner },
    ])
    for (const row of found) {
      expect(row).toMatchObject({ protocol: TCP, state: SOCKET_CLOSED, tcpState: CLOSED })
      expect(row.rttSamples).toBeGreaterThan(0)
      expect(row.srttUs).toBeGreaterThan(0)
    }
    expect(found[0]?.remotePort).toBe(found[1]?.localPort)
  })

  it.each([
    ['the client closes first', 'c.close(); s.recv(1); s.close()'],
    ['the server closes first', 's.close(); c.recv(1); c.close()'],
    [
      'both shut down before either reads',
      'c.shutdown(1); s.shutdown(1); s.recv(1); c.recv(1); c.close(); s.close()',
    ],
    [
      'the client shuts down, then reads to the end',
      'c.shutdown(1); s.recv(1); s.close(); c.recv(1); c.close()',
    ],
    ['the client resets', 'reset(c)'],
    ['the server resets', 'reset(s)'],
    ['a reset after one FIN', 'c.shutdown(1); s.recv(1); reset(s)'],
    ['both close, unread', 'c.close(); s.close()'],
  ])('count the payload alone when %s', async (_, end) => {
    attach()
    const { found } = await run(`
l, c, s = pair()
say(c.getsockname()[1], s.getsockname()[1])
c.sendall(b"x" * 1234); read(s, 1234); s.sendall(b"y" * 99); read(c, 99); time.sleep(0.1)
${end}
time.sleep(0.3)`)
    expect(bytesOf(found)).toEqual([
      [1234, 99],
      [99, 1234],
    ])
    expect(found.map(({ state }) => state)).toEqual([SOCKET_CLOSED, SOCKET_CLOSED])
  })

  it('count what comes after our FIN, whether theirs comes as well or we leave before', async () => {
    attach()
    const exchange = `
c.shutdown(1); s.recv(1); s.sendall(b"y" * 500); read(c, 500); time.sleep(0.1)`
    const { found } = await run(`
for leave in (False, True):
    l, c, s = pair()
    say(c.getsockname()[1])
    ${exchange.trim()}
    if leave: c.close()
    s.close()
    if not leave: c.recv(1); c.close()
    time.sleep(0.3)`)
    expect(bytesOf(found)).toEqual([
      [0, 500],
      [0, 500],
    ])
  })

  it('count what was sent with the SYN', async () => {
    attach()
    const { found } = await run(
      `
os.system("ip link set lo up; echo 3 > /proc/sys/net/ipv4/tcp_fastopen")
l = socket(); l.bind(("127.0.0.1", 0)); l.setsockopt(IPPROTO_TCP, TCP_FASTOPEN, 5); l.listen()
for _ in range(2):
    c = socket(); c.sendto(b"x" * 600, MSG_FASTOPEN, l.getsockname()); s, _a = l.accept(); read(s, 600)
    say(c.getsockname()[1])
    c.close(); s.recv(1); s.close()
    time.sleep(0.1)`,
      'unshare',
      '--net',
    )
    expect(bytesOf(found)).toEqual([
      [600, 0],
      [600, 0],
    ])
  })

  it('give a socket that connects again a slot of its own', async () => {
    attach()
    const { found } = await run(`
c = socket()
free = create_server(("127.0.0.1", 0)); port = free.getsockname()[1]; free.close()
try: c.connect(("127.0.0.1", port))
except ConnectionRefusedError: pass
l = create_server(("127.0.0.1", 0))
c.connect(l.getsockname()); s, _ = l.accept()
c.sendall(b"x" * 10); read(s, 10); time.sleep(0.1)
say(port, c.getsockname()[1])
c.close(); s.recv(1); s.close()`)
    const mine = rows().filter(({ cookie }) => cookie === found[0]?.cookie)
    expect(mine).toHaveLength(2)
    expect(mine.map(({ sent }) => sent)).toEqual([0, 10])
    expect(new Set(mine.map(({ row }) => row)).size).toBe(2)
  })

  it('tell of two that connect to each other at once that both are clients', async () => {
    attach()
    const { found } = await run(`
import errno, select
for _ in range(200):
    a, b = socket(), socket()
    for x in (a, b): x.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1); x.bind(("127.0.0.1", 0)); x.setblocking(False)
    t = __import__("threading").Thread(target=lambda: a.connect_ex(b.getsockname()))
    t.start(); b.connect_ex(a.getsockname()); t.join(); time.sleep(0.01)
    if a.getsockopt(SOL_SOCKET, SO_ERROR) == 0 and b.getsockopt(SOL_SOCKET, SO_ERROR) == 0:
        try: a.getpeername(); b.getpeername(); break
        except OSError: pass
else:
    # One connects to itself: the only simultaneous open that needs no luck.
    a = b = socket(); a.bind(("127.0.0.1", 0)); a.connect(a.getsockname())
a.setblocking(True); b.setblocking(True)
a.sendall(b"x" * 300); read(b, 300); time.sleep(0.1)
say(a.getsockname()[1])
a.close(); b.close(); time.sleep(0.2)`)
    // Among them are rows of tries before, with the same port.
    expect(found.find(({ sent }) => sent === 300)).toMatchObject({ role: ROLE_CLIENT })
  })

  it('follow datagram sockets from their first message to their close', async () => {
    attach()
    const { pid } = await run(`
r = socket(AF_INET, SOCK_DGRAM); r.bind(("127.0.0.1", 0))
c = socket(AF_INET, SOCK_DGRAM); c.connect(r.getsockname()); c.send(b"x"); r.recvfrom(1)
six = socket(AF_INET6, SOCK_DGRAM); six.bind(("::1", 0)); six.sendto(b"x", six.getsockname())
say(0)
r.close(); six.close(); time.sleep(0.1)`)
    const found = rows().filter(({ owner }) => owner?.pid === pid)
    // One connects before it has an address.
    expect(found.map(({ local }) => local).toSorted()).toEqual(['0.0.0.0', '127.0.0.1', '::1'])
    for (const { owner, protocol, state } of found) {
      expect(owner).toMatchObject({ uid: 0, command: 'python3' })
      expect([protocol, state]).toEqual([UDP, SOCKET_CLOSED])
    }
  })

  it('use recycled slots again, and say which sockets found none, once each', async () => {
    attach(8)
    const many = `
l = create_server(("127.0.0.1", 0)); held = []
u = socket(AF_INET, SOCK_DGRAM)
for _ in range(20):
    c = socket(); c.connect(l.getsockname()); held += [c, l.accept()[0]]
    held[-2].sendall(b"x" * 100); read(held[-1], 100)
for _ in range(50): u.sendto(b"x", ("127.0.0.1", 9))
say(0)`
    await run(many)
    const { table } = sockets!
    expect(table?.handedOut()).toBe(8)
    // Others on this machine make sockets as well, but hardly as many as the datagrams.
    const overflow = table!.overflow()
    expect(overflow).toBeGreaterThanOrEqual(41 - 8)
    expect(overflow).toBeLessThan(41 - 8 + 50)
    const closed = rows().filter(({ state }) => state === SOCKET_CLOSED)
    expect(closed.length).toBeGreaterThan(0)
    for (const { row } of closed) table!.slots.fill(0, row * SOCKET_BYTES, (row + 1) * SOCKET_BYTES)
    table!.recycle(
      Uint32Array.from(closed, ({ row }) => row),
      closed.length,
    )
    await run(many)
    expect(rows().length).toBeGreaterThanOrEqual(closed.length)
    expect(table!.overflow()).toBeGreaterThan(overflow)
  })

  it('know the network namespace of a connection whose listener is older than they', async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    try {
      attach()
      const client = connect(port, '127.0.0.1').resume()
      await once(client, 'close')
      const accepted = rows().find(({ localPort }) => localPort === port)
      expect(accepted).toMatchObject({ role: ROLE_SERVER, owner: undefined })
      const words = new Uint32Array(sockets!.table!.slots.buffer)
      if (kernelAtLeast(5, 15)) expect(capturedNetns(words, accepted!.row)).toBe(ownNetnsCookie())
    } finally {
      server.close()
    }
  })

  it('are detached when we close them, and not before', () => {
    const root = openCgroupRoot()
    const attached = (): number[] =>
      ATTACH_TYPES.flatMap((type) => {
        const [attr, ids] = [Buffer.alloc(64), Buffer.alloc(4 * 64)]
        attr.writeUInt32LE(root.fd, 0)
        attr.writeUInt32LE(type, 4)
        attr.writeBigUInt64LE(addressOf(ids), 16)
        attr.writeUInt32LE(64, 24)
        expect(bpf(PROG_QUERY, attr)).toBe(0)
        return Array.from({ length: attr.readUInt32LE(24) }, (_, i) => ids.readUInt32LE(4 * i))
      })
    attach()
    const ids = sockets!
      .programs()
      .map(({ fd }) =>
        Number(/prog_id:\s*(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1]),
      )
    expect(ids).toHaveLength(9)
    expect(attached()).toEqual(expect.arrayContaining(ids))
    sockets?.close()
    sockets = undefined
    expect(attached().filter((id) => ids.includes(id))).toEqual([])
    root.close()
  })
})
