/** How long it takes until all entries are in force. */
import { writeFileSync } from 'node:fs'
import { createLists } from '@netscope/agent/lists/lists.ts'
import { encodePrefix } from '@netscope/core/prefix.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import type { Setting } from '../rig/benchmark.ts'
import { createCountingProgram } from '../rig/counting-program.ts'
import { median } from '../rig/statistics.ts'
import { atMost, figure, type Row, type Table } from '../rig/table.ts'
import { createUndo } from '../rig/undo.ts'
import type { NftSet } from './nft.ts'

export interface MadeLists {
  prefixes: Uint8Array
  texts: string[]
  /** Where the agent's file may be written. */
  path: string
}

/** The agent's own file with a deny list of `count` entries. */
export const writeLists = ({ texts, path }: MadeLists, count: number): void => {
  const entry = (prefix: string) =>
    JSON.stringify({ prefix, reason: 'benchmark', origin: 'api', createdAtMs: 1_700_000_000_000 })
  writeFileSync(
    path,
    `{"version":1,"deny":[\n${texts.slice(0, count).map(entry).join(',\n')}\n],"allow":[\n]}\n`,
  )
}

const quiet = { info: () => undefined, warn: () => undefined }

/** Each once, with tables of its own. */
const loadOurs = (lists: MadeLists, count: number) => {
  const undo = createUndo()
  const { lists: table } = createCountingProgram({ listEntries: count, flows: 1024 }, undo)
  const texts = lists.texts.slice(0, count)
  let start = performance.now()
  const bytes = new Uint8Array(count * PREFIX_BYTES)
  texts.forEach((text, i) => encodePrefix(text, bytes, i * PREFIX_BYTES))
  table.add('deny', bytes, count)
  const fromText = performance.now() - start
  undo.all()

  const again = createUndo()
  const second = createCountingProgram({ listEntries: count, flows: 1024 }, again)
  writeLists(lists, count)
  start = performance.now()
  const agent = createLists(
    { path: lists.path },
    { table: second.lists, now: () => Date.now(), log: quiet },
  )
  agent.load()
  agent.apply()
  const fromFile = performance.now() - start
  const loaded = agent.sizes().deny.entries
  again.all()
  if (loaded !== count)
    throw new Error(`${loaded} of ${count} entries were loaded: ${agent.degraded().join(' ')}`)
  return { fromText, fromFile }
}

export const measureLoading = (lists: MadeLists, nft: NftSet, setting: Setting): Table => {
  const sizes = [1000, 100_000, 1_000_000].filter((size) => size <= lists.texts.length)
  const rows = sizes.map((count): Row => {
    setting.say(`loading ${count} prefixes`)
    const rounds = setting.quick ? 1 : count > 100_000 ? 3 : 7
    const times = { text: [] as number[], file: [] as number[], nft: [] as number[] }
    for (let i = 0; i < rounds; i++) {
      const ours = loadOurs(lists, count)
      times.text.push(ours.fromText)
      times.file.push(ours.fromFile)
      nft.clear()
      times.nft.push(nft.load(lists.texts.slice(0, count)))
    }
    const [text, file, theirs] = [median(times.text), median(times.file), median(times.nft)]
    return {
      name: `${count} prefixes`,
      cells: [figure(text), figure(file), figure(theirs), figure(file / theirs)],
      ...(count === 1_000_000 && { goal: atMost(file / theirs, 1, ' × nft') }),
    }
  })
  return {
    title: 'Loading, ms',
    columns: ['text → kernel', 'file of the agent → in force', 'nft -f', 'file / nft'],
    rows,
    notes: [
      'The file holds a reason, an origin and a time with each prefix; nft gets the bare prefixes.',
    ],
  }
}
