/** For a test: changes the lists as fast as it can and prints what was answered, until it is killed. */
import { writeSync } from 'node:fs'
import { createLists } from './lists.ts'

const [path = ''] = process.argv.slice(2)
const log = { info: () => undefined, warn: () => undefined }
const table = { capacity: 1_000_000, add: () => undefined, remove: () => undefined }
const lists = createLists({ path }, { table, now: () => Date.now(), log })
lists.load()
await lists.start()

const prefixOf = (i: number) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`
const say = (line: string) => void writeSync(1, `${line}\n`)

/** Enough that the base is written anew again and again while the changes go on. */
await lists.add(
  'deny',
  Array.from({ length: 30_000 }, (_, i) => ({ prefix: prefixOf(i) })),
)
say('ready')
for (let i = 30_000; ; i += 8) {
  await Promise.all(
    Array.from({ length: 8 }, async (_, k) => {
      await lists.add('deny', [{ prefix: prefixOf(i + k), reason: 'x'.repeat(200) }])
      say(`+${prefixOf(i + k)}`)
      await lists.remove('deny', [prefixOf(i + k - 30_000)])
      say(`-${prefixOf(i + k - 30_000)}`)
    }),
  )
}
