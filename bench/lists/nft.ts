/** An nftables set of intervals with the same prefixes, at the same place: egress of the device. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Side } from '../rig/namespaces.ts'

const TABLE = (device: string) => `table netdev bench {
  set listed {
    type ipv4_addr
    flags interval
  }
  chain out {
    type filter hook egress device "${device}" priority 0; policy accept;
    ip daddr @listed drop
  }
}
`

const milliseconds = (work: () => void): number => {
  const start = performance.now()
  work()
  return performance.now() - start
}

export interface NftSet {
  /** Loads all entries by one `nft -f`; returns milliseconds. */
  load(texts: readonly string[]): number
  clear(): void
  /** Adds one entry by one `nft add element`; returns milliseconds. */
  addOne(text: string): number
}

export const createNftSet = (side: Side, folder: string): NftSet => {
  const file = join(folder, `${side.namespace}.nft`)
  const runFile = (text: string): number => {
    writeFileSync(file, text)
    return milliseconds(() => void side.run('nft', '-f', file))
  }
  runFile(TABLE(side.device))
  return {
    load: (texts) => runFile(`add element netdev bench listed { ${texts.join(',\n')} }\n`),
    clear: () => void side.run('nft', 'flush', 'set', 'netdev', 'bench', 'listed'),
    addOne: (text) =>
      milliseconds(
        () => void side.run('nft', 'add', 'element', 'netdev', 'bench', 'listed', `{ ${text} }`),
      ),
  }
}
