/** When a flow's names are looked for, and whose they are. */
import { expect, it } from 'vitest'
import { ENRICHMENT } from '@netscope/core/enrichment.ts'
import { createDictionary } from '../enrich/dictionary.ts'
import { createFakeFlowTable } from '../flows/fake-flow-table.ts'
import { createFlowMemory } from '../flows/flow-memory.ts'
import { ENRICHMENT_WORDS } from '../flows/slot-words.ts'
import { createFlowNames } from './flow-names.ts'

const FLOW = { src: '192.168.1.5', dst: '198.51.100.7', srcPort: 4000, dstPort: 443 }

const createRig = () => {
  const table = createFakeFlowTable(8)
  const memory = createFlowMemory(table)
  const dictionary = createDictionary(100, () => undefined)
  const lookUps: string[] = []
  const known = new Map<string, string>()
  const names = createFlowNames({
    memory,
    dictionary,
    handedOut: table.handedOut,
    names: {
      find: (client, address) => {
        lookUps.push(`${client} ${address}`)
        return known.get(address)
      },
    },
    devices: { find: (address) => known.get(`device ${address}`) },
    nowMs: () => 0,
  })
  table.packet(FLOW)
  const slot = table.slotOf(FLOW) ?? -1
  const named = () =>
    [0, 4].map((side) =>
      dictionary.textOf(
        memory.enrichment[(slot * ENRICHMENT_WORDS * 4 + ENRICHMENT.name + side) / 4]!,
      ),
    )
  return { names, slot, known, lookUps, named }
}

it('names the other side as the client calls it, and the client as it calls itself', () => {
  const { names, slot, known, lookUps, named } = createRig()
  known.set(FLOW.dst, 'shop.example').set(`device ${FLOW.src}`, 'laptop.local')
  names.refresh(slot)
  expect(lookUps).toEqual(['192.168.1.5 198.51.100.7'])
  expect(named()).toEqual(['laptop.local', 'shop.example'])
})

it('looks again ever more seldom, and from the start for the next flow in the slot', () => {
  const { names, slot, lookUps } = createRig()
  for (let report = 0; report < 1000; report++) names.refresh(slot)
  expect(lookUps).toHaveLength(8)
  names.forget(slot)
  names.refresh(slot)
  expect(lookUps).toHaveLength(9)
})

it('looks no more once both are known', () => {
  const { names, slot, known, lookUps } = createRig()
  known.set(FLOW.dst, 'shop.example').set(`device ${FLOW.src}`, 'laptop.local')
  for (let report = 0; report < 10; report++) names.refresh(slot)
  expect(lookUps).toHaveLength(1)
})
