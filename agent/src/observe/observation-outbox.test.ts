/** Tests of what is handed to the server, and of what is given up. */
import type { Observation } from '@netscope/core/observation.ts'
import { MAX_OBSERVATIONS } from '@netscope/core/wire.ts'
import { expect, test } from 'vitest'
import { createObservationOutbox } from './observation-outbox.ts'
import { arpFrame, decode } from './observe-rig.ts'

const seen = (ip: string): Observation => decode('arp', arpFrame({ senderIp: ip }))

const rig = (config = {}) => {
  const frames: string[][] = []
  const server = { takes: true }
  const outbox = createObservationOutbox(config, {
    send(texts) {
      if (server.takes) frames.push([...texts])
      return server.takes
    },
  })
  const ips = () =>
    frames.map((texts) => texts.map((text) => (JSON.parse(text) as { senderIp: string }).senderIp))
  return { outbox, frames, server, ips }
}

test('hands on what has come, in order, once', () => {
  const { outbox, ips } = rig()
  outbox.add(seen('192.0.2.1'))
  outbox.add(seen('192.0.2.2'))
  outbox.flush()
  outbox.flush()
  expect(ips()).toEqual([['192.0.2.1', '192.0.2.2']])
  expect(outbox.lost()).toBe(0)
})

test('keeps what the server does not take, and hands it on later', () => {
  const { outbox, ips, server } = rig()
  server.takes = false
  outbox.add(seen('192.0.2.1'))
  outbox.flush()
  server.takes = true
  outbox.flush()
  expect(ips()).toEqual([['192.0.2.1']])
})

test('gives up the oldest beyond its bound, and counts them', () => {
  const { outbox, ips, server } = rig({ maxWaiting: 2 })
  server.takes = false
  for (let i = 1; i <= 7; i++) outbox.add(seen(`192.0.2.${i}`))
  outbox.flush()
  expect(outbox.lost()).toBe(5)
  server.takes = true
  outbox.flush()
  expect(ips()).toEqual([['192.0.2.6', '192.0.2.7']])
})

test('no frame has more than the server takes, and no tick more than its share', () => {
  const { outbox, frames } = rig({ maxWaiting: 2000, maxChars: 1 })
  for (let i = 0; i < 1200; i++) outbox.add(seen('192.0.2.1'))
  outbox.flush()
  expect(frames.map(({ length }) => length)).toEqual([MAX_OBSERVATIONS])
  outbox.flush()
  outbox.flush()
  expect(frames.flat()).toHaveLength(1200)
})
