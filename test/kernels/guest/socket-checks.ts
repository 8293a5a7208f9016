/** The socket programs: what they say of real connections equals what the application, /proc and netem say. */
import { TCP_STATES } from '@netscope/core/enrichment.ts'
import type { KernelSource } from '../../../agent/src/kernel/kernel-source.ts'
import { capturedOwner } from '../../../agent/src/sockets/captured-owner.ts'
import { SOCKET, SOCKET_WORDS } from '../../../agent/src/sockets/socket-slot.ts'
import {
  createSocketTracker,
  type SocketTracker,
} from '../../../agent/src/sockets/socket-tracker.ts'
import { equal, sleep, type Checks } from './checks.ts'
import { ECHO_PORT, here, retransmissions, THERE, VETH } from './link.ts'
import { sendStream } from './traffic.ts'

const BYTES = 300_000
/** Of the guest's clock, which runs by instructions (see machine.ts): less than 1 ms is its own. */
const DELAY_MS = 500
const TOLERANCE = 0.05
const LOSS_PERCENT = 5

/** Values of the socket in a row. */
const socketAt = ({ words }: SocketTracker, row: number) => {
  const view = new DataView(words.buffer, words.byteOffset + row * SOCKET_WORDS * 4)
  const u64 = (at: number) => Number(view.getBigUint64(at, true))
  const u32 = (at: number) => view.getUint32(at, true)
  return {
    row,
    remotePort: view.getUint16(SOCKET.remotePort, true),
    localPort: view.getUint16(SOCKET.localPort, true),
    state: TCP_STATES[view.getUint8(SOCKET.tcpState)],
    sentBytes: u64(SOCKET.sentBytes),
    receivedBytes: u64(SOCKET.receivedBytes),
    srttMs: u32(SOCKET.srttUs) / 1000,
    minRttMs: u32(SOCKET.minRttUs) / 1000,
    retransmits: u32(SOCKET.retransmits),
    connectMs: (u64(SOCKET.establishedNs) - u64(SOCKET.openedNs)) / 1e6,
  }
}

export const checkSockets = async (checks: Checks, source: KernelSource): Promise<void> => {
  const { sockets } = source
  await checks.check('sockets: the programs are attached', () =>
    equal(
      source.capabilities().find(({ name }) => name === 'sockets'),
      { name: 'sockets', ok: true },
    ),
  )
  if (!sockets) return
  const tracker = createSocketTracker(sockets)
  /** Both ends of the connections that `work` made. */
  const during = async (work: () => Promise<void>) => {
    tracker.tick()
    tracker.takeNew(Infinity, () => undefined)
    const before = tracker.totals.now()
    await work()
    tracker.tick()
    const rows: number[] = []
    tracker.takeNew(Infinity, (row) => rows.push(row))
    const ends = rows.map((row) => socketAt(tracker, row))
    return {
      client: ends.find(({ remotePort }) => remotePort === ECHO_PORT),
      server: ends.find(({ localPort }) => localPort === ECHO_PORT),
      retransmitted: tracker.totals.now().retransmits - before.retransmits,
    }
  }

  await checks.check('sockets: both ends say what was sent, received, and by whom', async () => {
    const { client, server } = await during(() => sendStream(THERE.v4, BYTES))
    const bytes = { sentBytes: BYTES, receivedBytes: BYTES, state: 'closed' }
    equal(pick(client, bytes), bytes)
    equal(pick(server, bytes), bytes)
    const owners = [client, server].map((end) => capturedOwner(tracker.words, end?.row ?? -1))
    equal(owners[0]?.pid, process.pid)
    equal(
      owners.map((owner) => owner?.uid),
      [0, 0],
    )
    equal(owners[1]?.pid === process.pid || !owners[1]?.pid, false)
  })

  await checks.check('sockets: round trips are those of netem, and so is the connect', async () => {
    here(`tc qdisc add dev ${VETH} root netem delay ${DELAY_MS}ms`)
    const { client } = await during(() => sendStream(THERE.v6, 1000)).finally(() =>
      here(`tc qdisc del dev ${VETH} root`),
    )
    const { srttMs = 0, minRttMs = 0, connectMs = 0 } = client ?? {}
    for (const [name, ms] of Object.entries({ srttMs, minRttMs, connectMs })) {
      const isNear = ms >= DELAY_MS && ms <= DELAY_MS * (1 + TOLERANCE)
      if (!isNear) throw new Error(`${name} is ${ms}, netem's delay ${DELAY_MS} ms`)
    }
    return `${srttMs} ms smoothed, ${minRttMs} ms at least, connect ${connectMs.toFixed(1)} ms`
  })

  await checks.check('sockets: retransmissions are those of /proc/net/snmp', async () => {
    here(`ip link set ${VETH} gso_max_segs 1`) // else few packets, and none is lost
    here(`tc qdisc add dev ${VETH} root netem loss ${LOSS_PERCENT}% delay 2ms`)
    const before = retransmissions()
    const { retransmitted } = await during(async () => {
      for (let tries = 0; tries < 10 && retransmissions() === before; tries++)
        await sendStream(THERE.v4, BYTES)
      await sleep(2000) // a lost last ACK: the FIN comes again
    }).finally(() => here(`tc qdisc del dev ${VETH} root`))
    here(`ip link set ${VETH} gso_max_segs 65535`)
    equal(retransmitted, retransmissions() - before)
    if (retransmitted === 0) throw new Error('nothing was lost')
    return `${retransmitted} segments`
  })
}

const pick = <T extends object>(from: object | undefined, like: T): Partial<T> =>
  Object.fromEntries(
    Object.entries({ ...like, ...from }).filter(([key]) => key in like),
  ) as Partial<T>
