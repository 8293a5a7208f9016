/** Tests of which peers are there for a while. */
import { parsePrefix } from '@netscope/core/prefix.ts'
import { expect, test } from 'vitest'
import { createSteadyPeers } from './steady-peers.ts'

const create = () => {
  let now: [string, number][] = []
  const peersAt = createSteadyPeers(() =>
    now.map(([text, port]) => ({ address: parsePrefix(text).addr, port })),
  )
  return (...peers: [string, number][]) => {
    now = peers
    return peersAt(22).map((address) => [...address.slice(12)].join('.'))
  }
}

test('who is there at the first look counts at once, who comes later from the second look on', () => {
  const look = create()
  expect(look(['192.0.2.1', 1000])).toEqual(['192.0.2.1'])
  expect(look(['192.0.2.1', 1000], ['192.0.2.2', 1000])).toEqual(['192.0.2.1'])
  expect(look(['192.0.2.2', 1000])).toEqual(['192.0.2.2'])
})

test('who connects again and again does not count', () => {
  const look = create()
  look()
  expect(look(['192.0.2.2', 1000])).toEqual([])
  expect(look(['192.0.2.2', 1001])).toEqual([])
  expect(look(['192.0.2.2', 1002])).toEqual([])
})
