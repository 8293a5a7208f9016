/**
 * `npm run test:kernels -- 6.1 6.12 5.10`: the kernel program on Debian's kernels, each in a virtual machine of its
 * own (QEMU without KVM), one boot per kernel. A kernel that cannot be had is skipped, and said so at the end.
 * With `--doctor` first, what `netscope doctor` says there, instead of the checks; with `--tracing`, its checks alone.
 */
import { spawnSync } from 'node:child_process'
import { getKernel, SERIES_NAMES, type DebianKernel } from './debian-kernel.ts'
import { runMachine } from './machine.ts'
import { createRootFileSystem } from './root-file-system.ts'

const NEEDED = {
  'qemu-system-x86_64': 'qemu-system-x86',
  busybox: 'busybox-static',
  xz: 'xz-utils',
  'dpkg-deb': 'dpkg',
  tc: 'iproute2',
}
const EXIT_FAILED = 1
const EXIT_USAGE = 2

const missingPackages = (): string[] =>
  Object.entries(NEEDED)
    .filter(([command]) => spawnSync('sh', ['-c', `command -v ${command}`]).status !== 0)
    .map(([, name]) => name)

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`

const test = async (series: string, kernel: DebianKernel, script: string): Promise<boolean> => {
  const show = (line: string) => console.log(`${series.padEnd(5)} ${line}`)
  show(`booting ${kernel.release}`)
  const initramfs = await createRootFileSystem(kernel.modules, script)
  const { exitCode, bootMs, totalMs } = await runMachine({
    image: kernel.image,
    initramfs,
    onLine: show,
  })
  const how =
    exitCode === undefined ? 'DIED' : exitCode === 0 ? 'ok' : `FAILED with code ${exitCode}`
  show(`${how}: boot ${seconds(bootMs)}, in all ${seconds(totalMs)}`)
  return exitCode === 0
}

/** What the guest runs instead of all checks. */
const SCRIPTS: Readonly<Record<string, string>> = {
  '--doctor': 'doctor.ts',
  '--tracing': 'tracing.ts',
}

const main = async (args: string[]): Promise<number> => {
  const other = SCRIPTS[args[0] ?? '']
  const script = other ?? 'main.ts'
  const asked = other ? args.slice(1) : args
  const unknown = asked.filter((series) => !SERIES_NAMES.includes(series))
  if (unknown.length > 0 || process.arch !== 'x64') {
    console.error(
      `usage: main.ts [${Object.keys(SCRIPTS).join('|')}] [${SERIES_NAMES.join('|')}]…, on x86-64 only`,
    )
    return EXIT_USAGE
  }
  const missing = missingPackages()
  if (missing.length > 0) {
    console.error(`missing: apt-get install ${missing.join(' ')}`)
    return EXIT_USAGE
  }
  const summary: string[] = []
  let failed = false
  let ran = false
  for (const series of asked.length > 0 ? asked : SERIES_NAMES) {
    let kernel: DebianKernel
    try {
      kernel = getKernel(series)
    } catch (error) {
      summary.push(`${series} SKIPPED, cannot be had: ${String(error)}`)
      continue
    }
    const ok = await test(series, kernel, script)
    failed ||= !ok
    ran = true
    summary.push(`${series} ${ok ? 'ok' : 'FAILED'} (${kernel.release})`)
  }
  console.log(summary.map((line) => `kernels: ${line}`).join('\n'))
  return failed || !ran ? EXIT_FAILED : 0
}

process.exitCode = await main(process.argv.slice(2))
