/**
 * The compiled code that one NetScope leaves in its folders, for the next one: each start in new folders would compile
 * all sources again, some two seconds of both CPUs. Node compiles anew whatever has changed.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const KEPT = join(import.meta.dirname, '../../.node/compiled-e2e')
const CACHE = 'compile-cache'

/** With owners and modes: NetScope refuses folders of others. */
const copy = (from: string, to: string): void => void execFileSync('cp', ['-a', from, to])

/** Before the first start in `folder`, which has no `names` yet. */
export const giveCompiledCode = (folder: string, names: readonly string[]): void => {
  for (const name of names)
    if (existsSync(join(KEPT, name)) && !existsSync(join(folder, name)))
      copy(join(KEPT, name), join(folder, name))
}

/** After the last stop. */
export const keepCompiledCode = (folder: string, names: readonly string[]): void => {
  for (const name of names) {
    const kept = join(KEPT, name)
    if (existsSync(kept) || !existsSync(join(folder, name, CACHE))) continue
    mkdirSync(KEPT, { recursive: true })
    copy(join(folder, name), kept)
    for (const other of readdirSync(kept))
      if (other !== CACHE) rmSync(join(kept, other), { recursive: true })
  }
}
