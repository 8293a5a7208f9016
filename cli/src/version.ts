/** `netscope version`. */
import type { Command } from 'commander'
import { readFileSync } from 'node:fs'
import { arch, release, type } from 'node:os'

/** Version of the repository that this file belongs to. */
export const version = (): string => {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

export const registerVersion = (program: Command): void => {
  program
    .command('version')
    .description('Print the versions that a bug report needs')
    .action(() => {
      console.log(`netscope ${version()}`)
      console.log(`node ${process.versions.node}, ${type()} ${release()}, ${arch()}`)
    })
}
