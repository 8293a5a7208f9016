/** Addresses that are denied to all who ask for them, over Neighbor Discovery. */
import { expect, test } from 'vitest'
import type { NeighborSolicitation } from '@netscope/core/observation/ndp.ts'
import { duplicateAddressKind } from './duplicate-address.ts'
import { advertise, EVIL, incidentsOf, VICTIM } from './spoofing-rig.ts'

const asks = (second: number, ip: string): NeighborSolicitation => ({
  ...advertise(second, VICTIM, ip, 'ff02::1:ff00:1'),
  message: 'NS',
  src: '::',
  duplicateCheck: true,
})
const denials = (macOf: (i: number) => string, count: number) =>
  Array.from({ length: count }, (_, i) => [
    asks(i, `fd00::${i + 1}`),
    advertise(i + 0.1, macOf(i), `fd00::${i + 1}`, 'ff02::1'),
  ]).flat()

test('who denies each address is found, also in the names of ever new stations', () => {
  const keysOf = (macOf: (i: number) => string, count: number) =>
    incidentsOf(duplicateAddressKind, denials(macOf, count)).keys
  expect(keysOf(() => EVIL, 3)).toEqual([`denial ${EVIL}`])
  expect(keysOf((i) => `52:54:00:00:00:0${i}`, 3)).toEqual(['denial'])
  expect(keysOf((i) => `52:54:00:00:00:0${i}`, 2)).toEqual([])
})
