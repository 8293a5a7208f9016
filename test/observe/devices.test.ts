/** Whatever frames say, damaged ones and those of real captures: the book of devices stays whole and within its bounds. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createRandom } from '@netscope/agent/mock/random.ts'
import { decodeFrame } from '@netscope/agent/observe/decode-frame.ts'
import { META } from '@netscope/agent/observe/observe-rig.ts'
import type { Observation } from '@netscope/core/observation.ts'
import { createDeviceBook } from '@netscope/server/devices/device-book.ts'
import type { Device } from '@netscope/server/devices/device.ts'
import { MOST } from '@netscope/server/devices/device.ts'
import { MAX_DEVICES } from '@netscope/server/devices/device-index.ts'
import { isStation } from '@netscope/server/devices/mac-kind.ts'
import { describe, expect, it } from 'vitest'
import { findCaptures, SHARED_CAPTURES } from '../replay/find-captures.ts'
import { mutate } from '../replay/mutate.ts'
import { observeCapture } from './observe-capture.ts'
import { SAMPLE_FRAMES } from './sample-frames.ts'

const MUTATIONS = Number(process.env['NETSCOPE_MUTATIONS'] ?? 3000)
const SEED = Number(process.env['NETSCOPE_SEED'] ?? 1)

const newBook = () => {
  let ids = 0
  return createDeviceBook({
    agent: 'a1',
    newId: () => String(++ids),
    hasRoom: () => true,
    vendorOf: () => '',
    onChange: () => undefined,
    onRemove: () => undefined,
  })
}

const isWithinBounds = ({ addresses, ports, services, roles }: Device): boolean =>
  addresses.size <= MOST.addresses &&
  ports.size <= MOST.ports &&
  services.size <= MOST.services &&
  [...roles.values()].every(({ length }) => length <= MOST.evidence)

/** Every MAC and every address has one device, which has it too. */
const expectWhole = ({ index }: ReturnType<typeof newBook>): void => {
  const devices = [...index.devices.values()]
  const macs = devices.map(({ mac }) => mac).filter((mac) => mac !== '')
  expect(new Set(macs).size).toBe(macs.length)
  expect(macs.filter((mac) => !isStation(mac))).toEqual([])
  expect(devices.filter((device) => !isWithinBounds(device))).toEqual([])
  expect(devices.length).toBeLessThanOrEqual(MAX_DEVICES)
  const lost = devices.flatMap((device) =>
    [...device.addresses.keys()].filter((ip) => index.ofIp(ip)?.device !== device),
  )
  expect(lost).toEqual([])
}

it(`damaged frames leave the book whole (seed ${SEED})`, () => {
  const random = createRandom(SEED)
  const book = newBook()
  const frames = Object.values(SAMPLE_FRAMES).flat()
  for (let i = 0; i < 6 * MUTATIONS; i++) {
    const observation = decodeFrame(mutate(frames[i % frames.length]!, random), 14, META)
    if (observation) book.observe(observation, i)
    if (i % 1000 === 0) book.tick(i)
  }
  expect(book.index.devices.size).toBeGreaterThan(10)
  expectWhole(book)
})

describe.skipIf(!existsSync(SHARED_CAPTURES))('the shared captures', () => {
  it('leave the book whole', async () => {
    const observed: Observation[] = []
    for (const path of findCaptures(SHARED_CAPTURES).filter((name) =>
      /arp|icmp6|ipv6|wiki/i.test(name),
    )) {
      const book = newBook()
      const all = [...(await observeCapture(join(SHARED_CAPTURES, path))).values()]
      for (const [at, said] of all.entries()) book.observe(said, at)
      expectWhole(book)
      observed.push(...all)
    }
    expect(observed.length).toBeGreaterThan(50)
  }, 60_000)

  it('of a scan know the scanner, and who answered it', async () => {
    const book = newBook()
    const all = await observeCapture(join(SHARED_CAPTURES, 'zeek/nmap-vsn.pcap'))
    for (const said of all.values()) book.observe(said, 1)
    expect(book.index.ofIp('192.168.1.71')?.device.mac).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/)
    // Being asked for makes no device.
    expect(book.index.devices.size).toBeLessThan(20)
  })

  it('of a forged router advertisement keep the router, with its evidence', async () => {
    const book = newBook()
    const name = 'suricata-verify/ipv6-kill-router-gateway.pcap'
    for (const said of (await observeCapture(join(SHARED_CAPTURES, name))).values())
      book.observe(said, 1)
    const router = book.index.ofIp('fe80::6600:6aff:fe5b:8eb3')?.device
    expect(router?.mac).toBe('64:00:6a:5b:8e:b3')
    const evidence = router?.roles.get('router')?.map(({ detail }) => detail)
    expect(evidence).toContain('sends router advertisements')
  })
})
