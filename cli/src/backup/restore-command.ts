/** `netscope restore`: this process becomes the one of the server's code that puts a backup back. */
import type { Command } from 'commander'
import { fileURLToPath } from 'node:url'
import { formatConfigFlags } from '@netscope/core/config/flags.ts'
import { addConfigOptions, configFlagsOf } from '../config/options.ts'
import { EXIT_CODES } from '../report.ts'

/** By path, because the CLI does not import the server. */
const ENTRY = fileURLToPath(new URL('../../../server/src/backup/restore-main.ts', import.meta.url))

const HELP = `
While no server runs, as the user of the server or as root. The backup is proven whole, opened and brought to this version before
anything is touched; one of a newer version is refused. With --force what is there is kept beside it, in before-restore-TIME.

Examples:
  sudo netscope restore /mnt/backups/netscope-20260731-120000.tar
  sudo netscope restore backup.tar --storage-path /var/lib/netscope/server --force

${EXIT_CODES}`

const run = (file: string, { force }: { force?: true }, command: Command): void => {
  const { execPath, execArgv, env } = process
  const flags = formatConfigFlags(configFlagsOf(command))
  const args = [execPath, ...execArgv, ENTRY, ...flags, '--', file, ...(force ? ['--force'] : [])]
  process.execve!(execPath, args, env)
}

export const registerRestore = (program: Command): void => {
  const command = program
    .command('restore')
    .description('Put a backup in the place of what the server keeps')
    .argument('<file>', 'what `netscope backup` made')
    .option('--force', 'also where there is data; it is put aside and kept')
  addConfigOptions(command, ['storage', 'history']).addHelpText('after', HELP).action(run)
}
