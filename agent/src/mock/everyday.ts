/** What goes on all day in the made-up network: browsing, names, time, a backup, a camera, a shell. */
import {
  BACKUP_SITE,
  CAMERA,
  CLIENTS,
  GATEWAY,
  type Host,
  NAS,
  RESOLVER,
  SITES,
  TIME_SERVER,
  VIDEO_SITE,
} from './cast.ts'
import { type Connection, createConnection, type Ends } from './connection.ts'
import { icmp, icmpv6, udp } from './packet.ts'
import type { Random } from './random.ts'
import { clientHello, dnsAnswer, dnsQuery, mdnsAnnouncement } from './said-names.ts'
import type { Script, Timeline } from './timeline.ts'
import type { Wire } from './wire.ts'

/** What every script needs. */
export interface Stage {
  wire: Wire
  random: Random
  timeline: Timeline
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const ephemeral = (random: Random) => random.int(32768, 60999)

/** Asks and gets an answer over UDP; false when the question was dropped. */
function* ask(
  s: Stage,
  ends: Ends,
  question: Uint8Array,
  answer: Uint8Array,
): Generator<number, boolean, void> {
  const asked = s.wire.send(
    { src: ends.client, dst: ends.server },
    udp(ends.clientPort, ends.serverPort, question),
    ends.vlan,
  )
  if (!asked) return false
  yield ends.rttMs
  const header = { src: ends.server, dst: ends.client }
  return s.wire.send(header, udp(ends.serverPort, ends.clientPort, answer), ends.vlan)
}

/** Both kinds of addresses, as clients do. */
function* lookUp(s: Stage, client: Host, { name, v4, v6 }: Host): Generator<number, void, void> {
  for (const address of [v4, v6]) {
    const id = s.random.int(0, 65535)
    const to = {
      client: client.v4,
      server: GATEWAY.v4,
      clientPort: ephemeral(s.random),
      serverPort: 53,
      rttMs: s.random.int(1, 12),
    }
    yield* ask(s, to, dnsQuery(id, name, address), dnsAnswer(id, name, address))
  }
}

const ends = (s: Stage, client: Host, server: Host, serverPort: number): Ends => {
  const v6 = s.random.chance(0.3)
  return {
    client: v6 ? client.v6 : client.v4,
    server: v6 ? server.v6 : server.v4,
    clientPort: ephemeral(s.random),
    serverPort,
    rttMs: s.random.int(8, 40),
    vlan: client.vlan,
  }
}

/** TLS 1.3: ClientHello, then certificate and all. */
function* secure(connection: Connection, name: string): Generator<number, boolean, void> {
  return (yield* connection.open()) && (yield* connection.exchange(clientHello(name), 4300))
}

function* page(s: Stage, client: Host, site: Host): Script {
  const connection = createConnection(s.wire, ends(s, client, site, 443))
  if (!(yield* secure(connection, site.name))) return
  for (let i = s.random.int(1, 6); i > 0; i--) {
    if (!(yield* connection.exchange(s.random.int(200, 900), s.random.int(800, 90_000)))) return
    yield s.random.about(600)
  }
  yield s.random.int(200, 4 * SECOND)
  yield* connection.close()
}

function* browse(s: Stage, client: Host): Script {
  for (;;) {
    const site = s.random.pick(SITES)
    yield* lookUp(s, client, site)
    for (let i = s.random.int(1, 4); i > 0; i--)
      s.timeline.spawn(page(s, client, site), s.random.about(80))
    yield SECOND + s.random.about(9 * SECOND)
  }
}

/** A stream in pieces of two seconds, for some minutes. */
function* watchVideo(s: Stage, client: Host): Script {
  for (;;) {
    yield s.random.about(MINUTE)
    yield* lookUp(s, client, VIDEO_SITE)
    const connection = createConnection(s.wire, ends(s, client, VIDEO_SITE, 443))
    let playing = yield* secure(connection, VIDEO_SITE.name)
    for (let i = s.random.int(20, 60); playing && i > 0; i--) {
      playing = yield* connection.exchange(420, s.random.int(250_000, 420_000), 400)
      yield SECOND + s.random.about(400)
    }
    if (playing) yield* connection.close()
  }
}

/** The nightly backup, every few minutes here so that it is seen. */
function* backUp(s: Stage): Script {
  for (;;) {
    yield 20 * SECOND
    yield* lookUp(s, NAS, BACKUP_SITE)
    const connection = createConnection(s.wire, { ...ends(s, NAS, BACKUP_SITE, 22000), rttMs: 18 })
    let going = yield* secure(connection, BACKUP_SITE.name)
    for (let i = 0; going && i < 30; i++) going = yield* connection.exchange(600_000, 320, 600)
    if (going) yield* connection.close()
    yield 4 * MINUTE
  }
}

function* keepTime(s: Stage, client: Host): Script {
  const port = ephemeral(s.random)
  for (;;) {
    yield 10 * SECOND + s.random.about(54 * SECOND)
    yield* ask(
      s,
      { client: client.v4, server: TIME_SERVER.v4, clientPort: port, serverPort: 123, rttMs: 14 },
      new Uint8Array(48),
      new Uint8Array(48),
    )
  }
}

function* announce(s: Stage, client: Host): Script {
  for (;;) {
    yield s.random.about(20 * SECOND)
    const announcement = (address: string) =>
      udp(5353, 5353, mdnsAnnouncement(client.name, address))
    s.wire.send({ src: client.v4, dst: '224.0.0.251', ttl: 255 }, announcement(client.v4))
    s.wire.send({ src: client.v6, dst: 'ff02::fb', ttl: 255 }, announcement(client.v6))
  }
}

function* solicit(s: Stage, client: Host): Script {
  for (;;) {
    yield s.random.about(30 * SECOND)
    const message = icmpv6(135, 0, 0, new Uint8Array(24))
    if (!s.wire.send({ src: client.v6, dst: GATEWAY.v6, ttl: 255 }, message)) continue
    yield 0.4
    s.wire.send(
      { src: GATEWAY.v6, dst: client.v6, ttl: 255 },
      icmpv6(136, 0, 0x60000000, new Uint8Array(24)),
    )
  }
}

function* ping(s: Stage, client: Host): Script {
  for (;;) {
    yield s.random.about(40 * SECOND)
    for (let sequence = 1; sequence <= 10; sequence++) {
      const echo = new Uint8Array(56)
      if (s.wire.send({ src: client.v4, dst: RESOLVER.v4 }, icmp(8, 0, sequence, echo))) {
        yield 11
        s.wire.send({ src: RESOLVER.v4, dst: client.v4 }, icmp(0, 0, sequence, echo))
      }
      yield SECOND
    }
  }
}

function* typeInShell(s: Stage, client: Host): Script {
  for (;;) {
    const to = {
      client: client.v4,
      server: GATEWAY.v4,
      clientPort: ephemeral(s.random),
      serverPort: 22,
      rttMs: 2,
    }
    const connection = createConnection(s.wire, to)
    let going = (yield* connection.open()) && (yield* connection.exchange(1400, 2200))
    for (let i = s.random.int(80, 400); going && i > 0; i--) {
      yield s.random.about(500)
      going = yield* connection.exchange(36, s.random.chance(0.1) ? s.random.int(200, 8000) : 36)
    }
    if (going) yield* connection.close()
    yield 30 * SECOND
  }
}

/** RTP over UDP from a VLAN of its own to the recorder. */
function* film(s: Stage): Script {
  const frame = udp(50_004, 5004, new Uint8Array(1200))
  for (;;) {
    s.wire.send({ src: CAMERA.v4, dst: '192.168.30.1' }, frame, CAMERA.vlan)
    yield 25
  }
}

function* askLocalService(s: Stage): Script {
  for (;;) {
    yield SECOND + s.random.about(2 * SECOND)
    const to = {
      client: '127.0.0.1',
      server: '127.0.0.1',
      clientPort: ephemeral(s.random),
      serverPort: 5432,
      rttMs: 0.2,
    }
    const connection = createConnection(s.wire, to)
    if ((yield* connection.open()) && (yield* connection.exchange(180, s.random.int(200, 6000))))
      yield* connection.close()
  }
}

/** All of it, to run side by side. */
export const everyday = (s: Stage): Script[] => [
  ...CLIENTS.flatMap((client) => [browse(s, client), announce(s, client), solicit(s, client)]),
  ...CLIENTS.slice(0, 3).map((client) => keepTime(s, client)),
  watchVideo(s, CLIENTS[0]),
  watchVideo(s, CLIENTS[3] ?? CLIENTS[0]),
  typeInShell(s, CLIENTS[1] ?? CLIENTS[0]),
  ping(s, CLIENTS[2] ?? CLIENTS[0]),
  backUp(s),
  film(s),
  askLocalService(s),
]
