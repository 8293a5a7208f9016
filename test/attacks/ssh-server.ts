/** OpenSSH with keys in a folder of a test's own: its server, and what a client needs to log in there. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const SETTINGS = [
  'StrictModes no',
  'PidFile none',
  'UsePAM no',
  'PermitRootLogin yes',
  'MaxStartups 100',
  'Subsystem sftp internal-sftp',
]

/** `folder` is made; `settings` beat ours. */
export const createSshServer = (folder: string, settings: readonly string[] = []) => {
  mkdirSync(folder, { recursive: true })
  mkdirSync('/run/sshd', { recursive: true })
  for (const name of ['host', 'key'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)])
  const config = join(folder, 'config')
  const keys = [`HostKey ${folder}/host`, `AuthorizedKeysFile ${folder}/key.pub`]
  writeFileSync(config, `${[...settings, ...keys, ...SETTINGS].join('\n')}\n`)
  const anyHost =
    '-q -F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ConnectTimeout=5'
  return {
    /** Command of the server. */
    server: `/usr/sbin/sshd -D -e -f ${config}`,
    /** Options of `ssh` and `scp` with the right key. */
    withKey: `${anyHost} -i ${folder}/key`,
    /** The same with a password, once. */
    withPassword: `${anyHost} -o PubkeyAuthentication=no -o NumberOfPasswordPrompts=1`,
  }
}
