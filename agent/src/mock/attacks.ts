/** What now and then goes on against the made-up network: a port scan and a short SYN flood. */
import { GATEWAY, NAS, SCANNER } from './cast.ts'
import { createConnection, refused } from './connection.ts'
import type { Stage } from './everyday.ts'
import { TCP_FLAGS, tcp } from './packet.ts'
import type { Script } from './timeline.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const OPEN_PORTS = new Set([22, 80, 443])
const SCANNED_PORTS = 400
const FLOOD_SECONDS = 4
const FLOOD_PER_SECOND = 700

/** One outside address tries ports of the NAS; a few are open, the others refuse. */
function* scan(s: Stage): Script {
  yield 30 * SECOND
  for (;;) {
    const first = s.random.int(1, 200)
    for (let port = first; port < first + SCANNED_PORTS; port++) {
      const ends = {
        client: SCANNER.v4,
        server: NAS.v4,
        clientPort: 40_000 + port,
        serverPort: port,
        rttMs: 1,
      }
      s.timeline.spawn(OPEN_PORTS.has(port) ? touch(s, ends) : refused(s.wire, ends))
      yield s.random.about(25)
    }
    yield 2 * MINUTE + s.random.about(MINUTE)
  }
}

function* touch(s: Stage, ends: Parameters<typeof refused>[1]): Script {
  const connection = createConnection(s.wire, ends)
  if (yield* connection.open()) yield* connection.close()
}

/** SYNs from sources that nobody has, to the web server of the NAS. */
function* flood(s: Stage): Script {
  yield 75 * SECOND
  for (;;) {
    for (let i = 0; i < FLOOD_SECONDS * FLOOD_PER_SECOND; i++) {
      const src = `${s.random.int(11, 99)}.${s.random.int(0, 255)}.${s.random.int(0, 255)}.${s.random.int(1, 254)}`
      const segment = tcp({
        srcPort: s.random.int(1024, 65535),
        dstPort: 80,
        flags: TCP_FLAGS.syn,
        seq: i,
      })
      s.wire.send({ src, dst: NAS.v4 }, segment)
      yield SECOND / FLOOD_PER_SECOND
    }
    yield 3 * MINUTE + s.random.about(2 * MINUTE)
  }
}

/** Somebody tries passwords on the gateway's shell: short connections, one after the other. */
function* guessPasswords(s: Stage): Script {
  for (;;) {
    yield MINUTE + s.random.about(2 * MINUTE)
    for (let i = 0; i < 12; i++) {
      const clientPort = s.random.int(32768, 60999)
      const connection = createConnection(s.wire, {
        client: '192.0.2.77',
        server: GATEWAY.v4,
        clientPort,
        serverPort: 22,
        rttMs: 30,
      })
      if ((yield* connection.open()) && (yield* connection.exchange(1600, 2300)))
        yield* connection.close()
      yield s.random.about(2 * SECOND)
    }
  }
}

export const attacks = (s: Stage): Script[] => [scan(s), flood(s), guessPasswords(s)]
