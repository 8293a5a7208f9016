/** Debian's kernels for virtual machines, downloaded and unpacked into .node/kernels, never installed. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const CACHE = join(import.meta.dirname, '../../.node/kernels')
const MIRROR = 'http://deb.debian.org'
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'

/** Series that we test: where it is, and the package that depends on its newest release. */
const SERIES: Readonly<Record<string, { suite: string; newest: string }>> = {
  // Debian 11 is past its end: it may leave the mirror any day.
  '5.10': { suite: 'bullseye', newest: 'linux-image-cloud-amd64' },
  '6.1': { suite: 'bookworm', newest: 'linux-image-cloud-amd64' },
  '6.12': { suite: 'bookworm', newest: 'linux-image-6.12-cloud-amd64' },
}
export const SERIES_NAMES = Object.keys(SERIES)

export interface DebianKernel {
  /** `6.1.0-56-cloud-amd64` */
  release: string
  image: string
  modules: string
}

/** The kernel of a series; the first call downloads some 25 MB. Throws when it is not to be had. */
export const getKernel = (series: string): DebianKernel => {
  const folder = join(CACHE, series)
  if (!existsSync(folder)) download(series, folder)
  const [release = ''] = readdirSync(join(folder, 'lib/modules'))
  return {
    release,
    image: join(folder, `boot/vmlinuz-${release}`),
    modules: join(folder, 'lib/modules', release),
  }
}

/** With a state of apt of its own: the machine's own sources and lists stay as they are. */
const download = (series: string, folder: string): void => {
  const found = SERIES[series]
  if (!found) throw new Error(`there is no series ${series}; choose from ${SERIES_NAMES.join(' ')}`)
  const work = `${folder}.new`
  rmSync(work, { recursive: true, force: true })
  const apt = createApt(work, found.suite)
  apt('apt-get', 'update')
  const depends = apt('apt-cache', 'depends', found.newest)
  const name = /Depends: (linux-image-\d\S+)/.exec(depends)?.[1]
  if (!name) throw new Error(`${found.newest} of ${found.suite} depends on no kernel: ${depends}`)
  console.log(`${series.padEnd(5)} downloading ${name}`)
  apt('apt-get', 'download', name)
  const [archive = ''] = readdirSync(work).filter((file) => file.endsWith('.deb'))
  execFileSync('dpkg-deb', ['-x', join(work, archive), join(work, 'unpacked')])
  renameSync(join(work, 'unpacked'), folder)
  rmSync(work, { recursive: true })
}

const createApt = (work: string, suite: string) => {
  mkdirSync(join(work, 'lists/partial'), { recursive: true })
  mkdirSync(join(work, 'cache/archives/partial'), { recursive: true })
  const line = (path: string) => `deb [signed-by=${KEYRING}] ${MIRROR}/${path} main\n`
  writeFileSync(
    join(work, 'sources.list'),
    line(`debian ${suite}`) + line(`debian-security ${suite}-security`),
  )
  const settings = [
    `Dir::Etc::SourceList=${join(work, 'sources.list')}`,
    'Dir::Etc::SourceParts=/dev/null',
    `Dir::State::Lists=${join(work, 'lists')}`,
    `Dir::Cache=${join(work, 'cache')}`,
    'Acquire::Languages=none',
    'APT::Sandbox::User=root',
    'APT::Architecture=amd64',
  ].flatMap((setting) => ['-o', setting])
  return (command: string, ...args: string[]): string =>
    execFileSync(command, ['-qq', ...settings, ...args], {
      cwd: work,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    })
}
