/** A virtual machine without KVM: boots a kernel with an initramfs, hands out the guest's lines, ends with it. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** On an idle machine 60 to 170 s are enough; with four others at work on two CPUs 420 s. */
const TIMEOUT_MS = 900_000
const MEMORY_MIB = 768
const LOG_LINES_SHOWN = 40

export interface Machine {
  image: string
  initramfs: Buffer
  onLine(line: string): void
}

export interface Ended {
  /** Of the guest's checks; undefined when the machine died before they ended. */
  exitCode: number | undefined
  bootMs: number
  totalMs: number
}

/**
 * The guest's clock runs by instructions (2 ns each), not by ours: whatever else computes here, its round trips and timeouts
 * are the same, and its sleeps take no time.
 */
const qemuArguments = (folder: string, image: string): string[] => [
  ...['-M', 'pc', '-accel', 'tcg', '-cpu', 'max', '-smp', '1', '-m', String(MEMORY_MIB)],
  ...['-icount', 'shift=1,sleep=off', '-rtc', 'clock=vm'],
  ...['-nodefaults', '-no-user-config', '-display', 'none', '-nic', 'none', '-no-reboot'],
  ...['-chardev', `file,id=log,path=${join(folder, 'log')}`, '-serial', 'chardev:log'],
  ...['-serial', 'stdio', '-kernel', image, '-initrd', join(folder, 'initramfs')],
  '-append',
  'console=ttyS0 loglevel=5 panic=-1 mitigations=off random.trust_cpu=on rdinit=/init',
]

/** Runs the machine to its end; the kernel's log is shown only when it dies or takes too long. */
export const runMachine = async ({ image, initramfs, onLine }: Machine): Promise<Ended> => {
  const folder = mkdtempSync(join(tmpdir(), 'netscope-kernel-'))
  try {
    writeFileSync(join(folder, 'initramfs'), initramfs)
    const startedAt = performance.now()
    const since = () => performance.now() - startedAt
    const ended: Ended = { exitCode: undefined, bootMs: 0, totalMs: 0 }
    const qemu = spawn('qemu-system-x86_64', qemuArguments(folder, image), {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
    })
    const failed = new Promise<never>((_resolve, reject) => qemu.once('error', reject))
    const lines = (async () => {
      for await (const line of createInterface({ input: qemu.stdout })) {
        const [mark, value] = line.trimEnd().split(' ')
        if (mark === '@@booted') ended.bootMs = since()
        else if (mark === '@@ended') ended.exitCode = Number(value)
        else onLine(line.trimEnd())
      }
    })()
    await Promise.race([lines, failed])
    ended.totalMs = since()
    if (ended.exitCode === undefined) {
      const log = readFileSync(join(folder, 'log'), 'utf8').trimEnd().split('\n')
      log.slice(-LOG_LINES_SHOWN).forEach(onLine)
    }
    return ended
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
