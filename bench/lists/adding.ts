/** Adding one entry to full lists: in the kernel alone, end to end through the API, and by nft. */
import type { Setting } from '../rig/benchmark.ts'
import { createCountingProgram } from '../rig/counting-program.ts'
import { createSink } from '../rig/namespaces.ts'
import { startNetscope } from '../rig/netscope.ts'
import { median, minimum } from '../rig/statistics.ts'
import { atMost, figure, type Table } from '../rig/table.ts'
import { encodePrefix } from '@netscope/core/prefix.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import { createUndo } from '../rig/undo.ts'
import { writeLists, type MadeLists } from './loading.ts'
import type { NftSet } from './nft.ts'

/** `nft` takes about a minute for one among 1,000,000. */
const NFT_TIMES = 1

/** Not on the made-up lists. */
const addressOf = (i: number) => `10.9.${i >> 8}.${i & 255}`

const inKernel = (lists: MadeLists, times: number): number[] => {
  const undo = createUndo()
  const count = lists.texts.length
  const { lists: table } = createCountingProgram({ listEntries: count + times, flows: 1024 }, undo)
  table.add('deny', lists.prefixes, count)
  const one = new Uint8Array(PREFIX_BYTES)
  const samples = Array.from({ length: times }, (_, i) => {
    encodePrefix(addressOf(i), one, 0)
    const start = performance.now()
    table.add('deny', one, 1)
    return performance.now() - start
  })
  undo.all()
  return samples
}

/** POST /blacklist until its answer: the kernel judges by it then, and it is on disk. */
const throughApi = async (lists: MadeLists, times: number, setting: Setting): Promise<number[]> => {
  const undo = createUndo()
  const forget = setting.undo.add(() => undo.all())
  writeLists(lists, lists.texts.length)
  const flags = [`--lists-max-entries=${lists.texts.length + 1000}`]
  const netscope = await startNetscope(createSink(undo), { folder: setting.folder, flags }, undo)
  const samples: number[] = []
  for (let i = 0; i < times + 5; i++) {
    const body = JSON.stringify({ ip: addressOf(i) })
    const start = performance.now()
    const response = await fetch(new URL('/blacklist', netscope.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...netscope.headers },
      body,
    })
    const answer = await response.text()
    if (i >= 5) samples.push(performance.now() - start)
    if (!response.ok) throw new Error(`POST /blacklist: ${response.status} ${answer}`)
  }
  await netscope.agent.end()
  await netscope.server.end()
  forget()
  return samples
}

/** `nft` holds all entries when this is called. */
export const measureAdding = async (
  lists: MadeLists,
  nft: NftSet,
  setting: Setting,
): Promise<Table> => {
  const times = setting.quick ? 20 : 200
  setting.say(`adding to ${lists.texts.length} prefixes`)
  const kernel = inKernel(lists, times)
  const api = await throughApi(lists, times, setting)
  const theirs = Array.from({ length: NFT_TIMES }, (_, i) => nft.addOne(addressOf(i)))
  const row = (name: string, samples: number[]) => ({
    name,
    cells: [figure(median(samples)), figure(minimum(samples)), figure(Math.max(...samples))],
  })
  return {
    title: `Adding one entry to ${lists.texts.length}, ms`,
    columns: ['median', 'min', 'max'],
    rows: [
      row('in the kernel', kernel),
      {
        ...row('POST /blacklist until its answer (kernel and disk)', api),
        goal: atMost(median(api), 5, ' ms'),
      },
      row('nft add element', theirs),
    ],
  }
}
