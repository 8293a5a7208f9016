/** Who passes on packets, from frames through the counting program's own code. */
import { expect, it } from 'vitest'
import type { NextHopObservation } from '@netscope/core/observation/next-hop.ts'
import type { RedirectObservation } from '@netscope/core/observation/redirect.ts'
import { createDictionary } from '../enrich/dictionary.ts'
import { createFlowMemory } from '../flows/flow-memory.ts'
import { ethernet, icmp, ip, udp, type EthernetHeader } from '../mock/packet.ts'
import { createEngine } from '../wasm/engine.ts'
import { arpFrame, mac } from './observe-rig.ts'
import { createObservations } from './observations.ts'

const [HOST, ROUTER, EVIL] = ['02:00:00:00:00:0a', '02:00:00:00:00:01', '02:00:00:00:00:66']
const HOST_IP = '10.0.0.5'
const [INGRESS, EGRESS] = [0, 1]

const createRig = () => {
  const engine = createEngine({ capacity: 2048, sshPorts: [], listCapacity: 10 })
  const memory = createFlowMemory(engine.table)
  const hops: NextHopObservation[] = []
  const redirects: RedirectObservation[] = []
  let nowMs = 1000
  let port = 1024
  const observations = createObservations({
    hopAddresses: 3,
    memory,
    dictionary: createDictionary(100, () => undefined),
    handedOut: engine.table.handedOut,
    nowMs: () => nowMs,
    wallOffsetMs: () => 5000,
    interfaceName: () => 'eth0',
    onObservation: (one) =>
      one.kind === 'next-hop' ? hops.push(one) : one.kind === 'redirect' && redirects.push(one),
  })
  engine.observations.observe({ maxPerSecond: 1e6, http: false, hopsPerSecond: 1e6 })
  const sendFrame = (frame: Uint8Array, direction: number) => {
    engine.packetBytes.set(frame)
    engine.count(frame.length, frame.length, 14, 2, direction, nowMs * 1e6, 1)
    engine.observations.drain(observations.take)
  }
  const send = (
    [src, dst]: [string, string],
    [from, to]: [string, string],
    direction = EGRESS,
    header: EthernetHeader = {},
  ) =>
    sendFrame(
      ethernet(ip({ src, dst }, udp(port++, 9, Uint8Array.of(1))), {
        ...header,
        src: mac(from),
        dst: mac(to),
      }),
      direction,
    )
  return {
    hops,
    redirects,
    sendFrame,
    arp: (target: string) => sendFrame(arpFrame({ senderIp: HOST_IP, targetIp: target }), EGRESS),
    send,
    /** New flows of the host to the last bytes `to` of a far network, by way of this station. */
    out: (to: readonly number[], via: string, header: EthernetHeader = {}) =>
      to.forEach((last) => send([HOST_IP, `192.0.2.${last}`], [HOST, via], EGRESS, header)),
    wait: (ms: number) => (nowMs += ms),
  }
}

it('takes a station for a next hop at the third address behind it', () => {
  const { hops, out } = createRig()
  out([1, 2, 2, 1], ROUTER)
  expect(hops).toEqual([])
  out([3], ROUTER)
  expect(hops).toMatchObject([
    { mac: ROUTER, way: 'to', family: 4, addresses: 3, movedFrom: '', moved: 0, timeMs: 6000 },
  ])
  expect(hops[0]?.recent).toEqual(['192.0.2.3', '192.0.2.1', '192.0.2.2'])
})

it('knows a router by what it sends, too, and keeps VLANs apart', () => {
  const { hops, out, send } = createRig()
  for (const last of [1, 2, 3]) send([`192.0.2.${last}`, HOST_IP], [ROUTER, HOST], INGRESS)
  expect(hops).toMatchObject([{ mac: ROUTER, way: 'from', addresses: 3, direction: 'INGRESS' }])
  out([1, 2], ROUTER, { vlans: [7] })
  out([3], ROUTER, { vlans: [8] })
  expect(hops).toHaveLength(1)
  out([3], ROUTER, { vlans: [7] })
  expect(hops.at(-1)).toMatchObject({ vlan: 7, way: 'to', addresses: 3 })
})

it('is told at once when addresses are carried by another station from now on', () => {
  const { hops, out, wait } = createRig()
  out([1, 2, 3], ROUTER)
  wait(5000)
  out([2], EVIL)
  expect(hops.at(-1)).toMatchObject({ mac: EVIL, movedFrom: ROUTER, moved: 1, addresses: 1 })
  out([3], EVIL)
  expect(hops.at(-1)).toMatchObject({ mac: EVIL, movedFrom: ROUTER, moved: 2, addresses: 2 })
  out([2, 3], EVIL)
  expect(hops).toHaveLength(3)
})

it('takes neither stations with addresses of the link nor groups for next hops', () => {
  const { hops, arp, send } = createRig()
  arp('10.0.0.77')
  for (const last of [6, 7, 8, 9]) send([HOST_IP, `10.0.0.${last}`], [HOST, ROUTER])
  for (const last of [6, 7, 8, 9]) send([HOST_IP, `192.0.2.${last}`], [HOST, '01:00:5e:00:00:01'])
  for (const last of [6, 7, 8, 9]) send([HOST_IP, `239.0.0.${last}`], [HOST, ROUTER])
  for (const last of [6, 7, 8, 9]) send(['fe80::1', `fe80::${last}`], [HOST, ROUTER])
  expect(hops).toEqual([])
})

it('tells once a minute while it goes on', () => {
  const { hops, out, wait } = createRig()
  out([1, 2, 3], ROUTER)
  for (let i = 0; i < 13; i++) {
    wait(10_000)
    out([1, 2, 3], ROUTER)
  }
  expect(hops).toHaveLength(2)
})

it('keeps at most 64 addresses of a station, whoever sends to however many', () => {
  const { hops, out, wait } = createRig()
  const many = Array.from({ length: 255 }, (_, i) => i)
  out(many, ROUTER)
  wait(61_000)
  out([7], ROUTER)
  expect(hops.map(({ addresses }) => addresses)).toEqual([3, 64])
})

it('tells which station sent a redirect, once of a flow of them', () => {
  const { redirects, sendFrame } = createRig()
  const redirect = ethernet(ip({ src: '10.0.0.1', dst: HOST_IP }, icmp(5, 1)), {
    src: mac(EVIL),
    dst: mac(HOST),
  })
  const echo = ethernet(ip({ src: '10.0.0.1', dst: HOST_IP }, icmp(8, 0)), {
    src: mac(ROUTER),
    dst: mac(HOST),
  })
  for (const frame of [echo, redirect, redirect]) sendFrame(frame, INGRESS)
  expect(redirects).toMatchObject([{ src: '10.0.0.1', dst: HOST_IP, srcMac: EVIL }])
})
