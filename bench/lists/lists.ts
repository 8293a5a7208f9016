/** The lists beside an nftables set of the same entries: loading, looking up, adding one. */
import { join } from 'node:path'
import type { Benchmark, Setting } from '../rig/benchmark.ts'
import { makePrefixes, prefixTexts } from '../rig/prefixes.ts'
import { createSink } from '../rig/namespaces.ts'
import { createNftSet } from './nft.ts'
import { measureAdding } from './adding.ts'
import { measureLoading } from './loading.ts'
import { measureLookUps } from './look-ups.ts'

export const listsBenchmark: Benchmark = {
  name: 'lists',
  description: 'loading, looking up and adding list entries beside an nftables set of intervals',
  run: async (setting: Setting) => {
    const largest = setting.quick ? 100_000 : 1_000_000
    const prefixes = makePrefixes(largest)
    const texts = prefixTexts(prefixes)
    const nft = createNftSet(createSink(setting.undo), setting.folder)
    const lists = { prefixes, texts, path: join(setting.folder, 'lists.json') }
    const loading = measureLoading(lists, nft, setting)
    const adding = await measureAdding(lists, nft, setting)
    return [loading, adding, await measureLookUps(lists, setting)]
  },
}
