/** From packets through the counting program's own code to names on flows and to what hosts say about themselves. */
import { describe, expect, it } from 'vitest'
import { ENRICHMENT } from '@netscope/core/enrichment.ts'
import type { Observation } from '@netscope/core/observation.ts'
import { KEY, SLOT, SLOT_BYTES } from '@netscope/core/slot.ts'
import { createDictionary } from '../enrich/dictionary.ts'
import { createFlowMemory } from '../flows/flow-memory.ts'
import { ENRICHMENT_WORDS } from '../flows/slot-words.ts'
import { ethernet, ip, tcp, TCP_FLAGS, udp, type Payload } from '../mock/packet.ts'
import { helloFor, joined, records } from '../names/fake-client-hello.ts'
import { dnsMessage } from '../names/fake-dns.ts'
import { cryptoFrame, sealInitial } from '../names/fake-quic-client.ts'
import { createEngine } from '../wasm/engine.ts'
import { address, dhcp, dhcpOption, text, udpFrame } from './observe-rig.ts'
import { createObservations } from './observations.ts'

const [CLIENT, SERVER, RESOLVER] = ['192.168.1.5', '198.51.100.7', '192.168.1.1']
const { syn, ack, psh } = TCP_FLAGS
const NOERROR = 0x8180

/** A host asks for this address and says what it is called. */
const dhcpFrame = (wanted: string, name: string) =>
  udpFrame(
    68,
    67,
    dhcp({
      options: [dhcpOption(53, 3), dhcpOption(50, address(wanted)), dhcpOption(12, text(name))],
    }),
    { src: '0.0.0.0', dst: '255.255.255.255' },
  )

const createRig = (http = false, maxPerSecond = 1e6) => {
  const engine = createEngine({ capacity: 64, sshPorts: [], listCapacity: 10 })
  const memory = createFlowMemory(engine.table)
  const dictionary = createDictionary(100, () => undefined)
  const seen: Observation[] = []
  let nowMs = 1000
  const observations = createObservations({
    hopAddresses: 3,
    memory,
    dictionary,
    handedOut: engine.table.handedOut,
    nowMs: () => nowMs,
    wallOffsetMs: () => 5000,
    interfaceName: (ifindex) => `eth${ifindex}`,
    onObservation: (one) => seen.push(one),
  })
  engine.observations.observe({ maxPerSecond, http })
  const view = new DataView(memory.slots.buffer, memory.slots.byteOffset)
  const textOf = (slot: number, field: number) =>
    dictionary.textOf(memory.enrichment[slot * ENRICHMENT_WORDS + field / 4]!)

  const sendFrame = (frame: Uint8Array, segments = 1) => {
    engine.packetBytes.set(frame)
    engine.count(frame.length, frame.length, 14, 2, 0, nowMs * 1e6, segments)
  }
  return {
    engine,
    memory,
    observations,
    seen,
    sendFrame,
    send: (src: string, dst: string, payload: Payload, segments = 1) =>
      sendFrame(ethernet(ip({ src, dst }, payload)), segments),
    /** Hands on what was observed; returns how many records that were. */
    drain: () => engine.observations.drain(observations.take),
    wait: (ms: number) => (nowMs += ms),
    /** Names of the flow with this port at one end, as reported next. */
    names: (port: number) => {
      const slot = Array.from({ length: engine.table.handedOut() }, (_, i) => i).find((i) => {
        const key = i * SLOT_BYTES + SLOT.key
        return [KEY.loPort, KEY.hiPort].some((at) => view.getUint16(key + at, true) === port)
      })
      if (slot === undefined) return undefined
      observations.flowNames.refresh(slot)
      return {
        names: [textOf(slot, ENRICHMENT.name), textOf(slot, ENRICHMENT.name + 4)].filter(Boolean),
        sni: textOf(slot, ENRICHMENT.sni),
        ja4: textOf(slot, ENRICHMENT.ja4),
        httpHost: textOf(slot, ENRICHMENT.httpHost),
      }
    },
  }
}
type Rig = ReturnType<typeof createRig>

const lookUp = (rig: Rig, name: string, address: string, { id = 7, client = CLIENT } = {}) => {
  const question = { id, questions: [[name, 1]] as const }
  const answer = { ...question, flags: NOERROR, answers: [{ name, type: 1, data: address }] }
  rig.send(client, RESOLVER, udp(4000, 53, dnsMessage({ ...question, flags: 0x0100 })))
  rig.wait(12)
  rig.send(RESOLVER, client, udp(53, 4000, dnsMessage(answer)))
}

const segment = (srcPort: number, dstPort: number, flags: number, data?: Uint8Array, seq = 1) =>
  tcp({ srcPort, dstPort, flags, seq, ...(data && { data }) })

const shakeHands = (rig: Rig, port: number, serverPort = 443) => {
  rig.send(CLIENT, SERVER, segment(port, serverPort, syn))
  rig.send(SERVER, CLIENT, segment(serverPort, port, syn | ack))
  rig.send(CLIENT, SERVER, segment(port, serverPort, ack))
}

describe('DNS answers', () => {
  it('give the name that this client asked for to the flows that it makes then', () => {
    const rig = createRig()
    lookUp(rig, 'shop.example', SERVER)
    lookUp(rig, 'other.example', SERVER, { client: '192.168.1.6' })
    rig.drain()
    rig.send(CLIENT, SERVER, segment(5001, 443, syn))
    expect(rig.names(5001)?.names).toEqual(['shop.example'])
  })

  it('are counted by server with the time that they took', () => {
    const rig = createRig()
    lookUp(rig, 'shop.example', SERVER)
    rig.drain()
    expect(rig.observations.dnsServers(2000)).toEqual([
      {
        server: RESOLVER,
        queries: 1,
        answers: 1,
        unanswered: 0,
        rcodes: { NOERROR: 1 },
        latencySumMs: 12,
      },
    ])
  })

  it('are observations too, summed up after some seconds', () => {
    const rig = createRig()
    lookUp(rig, 'shop.example', SERVER)
    rig.drain()
    rig.observations.tick()
    expect(rig.seen).toEqual([])
    rig.wait(5000)
    rig.observations.tick()
    const asked = { kind: 'dns', client: CLIENT, server: RESOLVER, domain: 'shop.example' }
    const said = { interface: 'eth2', sinceMs: 6000, timeMs: 6012, queries: 1, answers: 1 }
    expect(rig.seen).toMatchObject([{ ...asked, ...said, samples: ['shop.example'] }])
  })

  it('that nobody asked for name nobody', () => {
    const rig = createRig()
    const answer = dnsMessage({
      questions: [['bank.example', 1]],
      answers: [{ name: 'bank.example', type: 1, data: SERVER }],
    })
    rig.send(RESOLVER, CLIENT, udp(53, 4000, answer))
    rig.send('203.0.113.9', CLIENT, udp(4001, 53, answer))
    rig.drain()
    rig.send(CLIENT, SERVER, segment(5001, 443, syn))
    expect(rig.names(5001)?.names).toEqual([])
  })
})

describe('a ClientHello', () => {
  const hello = records(helloFor('www.example'))

  it('names its flow, and the flow costs nothing more', () => {
    const rig = createRig()
    shakeHands(rig, 5002)
    rig.send(CLIENT, SERVER, segment(5002, 443, psh | ack, hello))
    expect(rig.drain()).toBe(1)
    expect(rig.names(5002)).toMatchObject({
      sni: 'www.example',
      ja4: expect.stringMatching(/^t13d0304h2_/),
    })
    rig.send(CLIENT, SERVER, segment(5002, 443, psh | ack, hello, 600))
    expect(rig.drain()).toBe(0)
  })

  it('may come in several segments, of which the server’s answer is the end', () => {
    const rig = createRig()
    shakeHands(rig, 5003)
    rig.send(CLIENT, SERVER, segment(5003, 443, ack, hello.subarray(0, 3), 1))
    rig.send(CLIENT, SERVER, segment(5003, 443, ack, hello.subarray(3, 60), 4))
    rig.send(CLIENT, SERVER, segment(5003, 443, psh | ack, hello.subarray(60), 61))
    rig.send(SERVER, CLIENT, segment(443, 5003, psh | ack, new Uint8Array(100)))
    rig.send(CLIENT, SERVER, segment(5003, 443, psh | ack, new Uint8Array(100), 1000))
    expect(rig.drain()).toBe(3)
    expect(rig.names(5003)?.sni).toBe('www.example')
  })

  it('is read whole from a super-packet', () => {
    const rig = createRig()
    shakeHands(rig, 5004)
    const long = records(helloFor('long.example', 3000))
    rig.send(CLIENT, SERVER, segment(5004, 443, psh | ack, long), 3)
    rig.drain()
    expect(rig.names(5004)?.sni).toBe('long.example')
  })

  it('is looked for in the first packets only', () => {
    const rig = createRig()
    shakeHands(rig, 5005)
    for (let i = 0; i < 8; i++) rig.send(CLIENT, SERVER, segment(5005, 443, ack, Uint8Array.of(1)))
    rig.send(CLIENT, SERVER, segment(5005, 443, psh | ack, hello))
    expect(rig.drain()).toBe(0)
  })

  it('does not name a flow that has the slot meanwhile', () => {
    const rig = createRig()
    shakeHands(rig, 5006)
    rig.send(CLIENT, SERVER, segment(5006, 443, psh | ack, hello))
    rig.memory.slots.fill(0xabcd)
    rig.drain()
    expect(rig.memory.enrichment.every((word) => word === 0)).toBe(true)
  })

  it('comes over QUIC as well', () => {
    const rig = createRig()
    const message = helloFor('quic.example')
    const frames = [cryptoFrame(0, message.subarray(0, 50)), cryptoFrame(50, message.subarray(50))]
    frames.forEach((frame, packetNumber) => {
      const padded = joined(frame, new Uint8Array(900))
      rig.send(CLIENT, SERVER, udp(5007, 443, sealInitial({ packetNumber, frames: padded })))
    })
    rig.drain()
    expect(rig.names(5007)).toMatchObject({
      sni: 'quic.example',
      ja4: expect.stringMatching(/^q13d/),
    })
  })
})

describe('a request of HTTP', () => {
  const request = Buffer.from('GET / HTTP/1.1\r\nHost: plain.example:8080\r\n\r\n')

  it('tells its host if asked for', () => {
    const rig = createRig(true)
    shakeHands(rig, 5008, 8080)
    rig.send(CLIENT, SERVER, segment(5008, 8080, psh | ack, request))
    rig.drain()
    expect(rig.names(5008)?.httpHost).toBe('plain.example')
  })

  it('is not looked at otherwise', () => {
    const rig = createRig()
    shakeHands(rig, 5009, 8080)
    rig.send(CLIENT, SERVER, segment(5009, 8080, psh | ack, request))
    expect(rig.drain()).toBe(0)
  })
})

describe('what hosts say about themselves', () => {
  it('is handed on, and names their addresses', () => {
    const rig = createRig()
    rig.sendFrame(dhcpFrame(CLIENT, 'laptop'))
    rig.drain()
    expect(rig.seen).toMatchObject([
      { kind: 'dhcp', message: 'REQUEST', hostName: 'laptop', interface: 'eth2', timeMs: 6000 },
    ])
    rig.send(CLIENT, SERVER, segment(5010, 443, syn))
    expect(rig.names(5010)?.names).toEqual(['laptop'])
  })

  it('is believed for addresses of the local network only', () => {
    const rig = createRig()
    rig.sendFrame(dhcpFrame(SERVER, 'bank'))
    rig.drain()
    rig.send(CLIENT, SERVER, segment(5011, 443, syn))
    expect(rig.names(5011)?.names).toEqual([])
  })
})

describe('a flood of one kind', () => {
  it('leaves the others their share, and is counted', () => {
    const rig = createRig(false, 500)
    const arp = ethernet(new Uint8Array(28), { etherType: 0x0806 })
    for (let i = 0; i < 100; i++) rig.sendFrame(arp)
    lookUp(rig, 'shop.example', SERVER)
    expect(rig.drain()).toBe(5 + 2)
    expect(rig.engine.observations.counts()).toEqual({ sent: 7, skipped: 95, lost: 0 })
    rig.wait(10)
    rig.sendFrame(arp)
    expect(rig.drain()).toBe(1)
  })

  it('that nobody drains is lost, and counted', () => {
    const rig = createRig()
    for (let i = 0; i < 10_000; i++) lookUp(rig, 'shop.example', SERVER)
    expect(rig.engine.observations.counts().lost).toBeGreaterThan(0)
    rig.drain()
    lookUp(rig, 'shop.example', SERVER)
    expect(rig.drain()).toBe(2)
  })
})

it('packets that the lists drop name nobody', () => {
  const rig = createRig()
  const denied = Buffer.alloc(20)
  denied.writeUInt32LE(128)
  denied.set([0xff, 0xff, 192, 168, 1, 1], 14)
  rig.engine.lists.add('deny', denied, 1)
  lookUp(rig, 'shop.example', SERVER)
  expect(rig.drain()).toBe(0)
})
