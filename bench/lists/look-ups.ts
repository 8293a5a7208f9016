/** What a look-up costs a packet: UDP sent through a device with nothing, with an nftables set, with ours. */
import { join } from 'node:path'
import type { Setting } from '../rig/benchmark.ts'
import { compileC } from '../rig/compile.ts'
import { startLineProcess } from '../rig/line-process.ts'
import { createSink } from '../rig/namespaces.ts'
import { interleave, median, minimum } from '../rig/statistics.ts'
import { figure, type Table } from '../rig/table.ts'
import type { MadeLists } from './loading.ts'
import { createNftSet } from './nft.ts'

const COUNTER = join(import.meta.dirname, '../rig/counter.ts')
const MANY = 16384

export const measureLookUps = async (lists: MadeLists, setting: Setting): Promise<Table> => {
  const { undo, folder } = setting
  const count = lists.texts.length
  const sinks = { nothing: createSink(undo), nft: createSink(undo), ours: createSink(undo) }
  setting.say(`look-ups among ${count} prefixes`)
  createNftSet(sinks.nft, folder).load(lists.texts)
  const counter = startLineProcess(
    sinks.ours.inside(process.execPath, COUNTER, sinks.ours.device),
    undo,
  )
  await counter.ask(`on ${count}`)
  const program = compileC(join(import.meta.dirname, 'send.c'), folder)
  const senders = Object.entries(sinks).map(([name, sink]) => ({
    name,
    process: startLineProcess(sink.inside(program), undo),
  }))
  const packets = setting.quick ? 20_000 : 100_000
  const cases = Object.fromEntries(
    [1, MANY].flatMap((destinations) =>
      senders.map(({ name, process: sender }) => [
        `${name} ${destinations}`,
        async () => Number(await sender.ask(`${packets} ${destinations}`)),
      ]),
    ),
  )
  const samples = await interleave(setting.quick ? 5 : 41, cases)
  await counter.ask('off')
  const cells = (name: string) => {
    const mine = [samples[`${name} 1`] ?? [], samples[`${name} ${MANY}`] ?? []]
    const none = [samples['nothing 1'] ?? [], samples[`nothing ${MANY}`] ?? []]
    return mine.flatMap((values, i) => [
      figure(median(values)),
      figure(minimum(values)),
      figure(median(values) - median(none[i]!)),
    ])
  }
  return {
    title: `Sending a UDP packet past ${count} prefixes, ns`,
    columns: [
      '1 address',
      'min',
      'more than nothing',
      `${MANY} addresses`,
      'min',
      'more than nothing',
    ],
    rows: [
      { name: 'nothing', cells: cells('nothing') },
      { name: 'nftables set of intervals, look-up only', cells: cells('nft') },
      { name: 'NetScope: look-up and counting of the flow', cells: cells('ours') },
    ],
  }
}
