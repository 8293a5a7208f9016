/** Who a process is, on the real /proc with real programs. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { monotonicNs } from '../kernel/clock.ts'
import { createProcesses } from './processes.ts'
import { createUserNames } from './user-names.ts'

describe('on the real /proc', () => {
  const create = () => {
    const cgroups = {
      start: () => {},
      refresh: () => {},
      pathOf: () => undefined,
      reason: () => undefined,
    }
    const users = createUserNames()
    const processes = createProcesses({}, { cgroups, users, monotonicNs, wallMs: Date.now })
    processes.start()
    return processes
  }
  const capture = (pid: number, command: string) => ({
    pid,
    uid: process.getuid!(),
    command,
    cgroupId: 0n,
    capturedNs: monotonicNs(),
  })
  const spawned = async (command: string, args: string[]) => {
    const child = spawn(command, args, { stdio: 'ignore' })
    await new Promise((resolve) => child.once('spawn', resolve))
    const ended = new Promise((resolve) => child.once('exit', resolve))
    return {
      pid: child.pid!,
      end: async () => {
        child.kill('SIGKILL')
        await ended
      },
    }
  }

  it('a program just started is known with path, arguments and start', async () => {
    const beforeMs = Date.now()
    const program = '/* x */ setTimeout(() => {}, 60_000)'
    const child = await spawned(process.execPath, ['-e', program, '--', '--token=hunter2'])
    try {
      const { process: found } = create().resolve(capture(child.pid, 'node'))
      expect(found.exe).toBe(process.execPath)
      expect(found.commandLine).toBe(`${process.execPath} -e ${program} -- --token=***`)
      expect(found.startMs).toBeGreaterThan(beforeMs - 50)
      expect(found.startMs).toBeLessThan(Date.now() + 50)
    } finally {
      await child.end()
    }
  })

  it('one that has ended keeps what the kernel captured', async () => {
    const child = await spawned('sleep', ['60'])
    const captured = capture(child.pid, 'sleep')
    await child.end()
    const { process: found } = create().resolve(captured)
    expect(found).toMatchObject({ pid: child.pid, command: 'sleep', uid: captured.uid })
    expect(found.exe).toBeUndefined()
  })

  it('a shell that becomes another program is that program afterwards', async () => {
    const shell = spawn('sh', ['-c', 'read line; exec sleep 60'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    await new Promise((resolve) => shell.once('spawn', resolve))
    const pid = shell.pid!
    try {
      const { resolve } = create()
      expect(resolve(capture(pid, 'sh')).process.commandLine).toContain('read line')
      shell.stdin.end('\n')
      const isSleep = () => readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sleep\n'
      await vi.waitUntil(isSleep, { timeout: 10_000, interval: 10 })
      expect(resolve(capture(pid, 'sleep')).process.commandLine).toBe('sleep 60')
    } finally {
      const ended = new Promise((resolve) => shell.once('exit', resolve))
      shell.kill('SIGKILL')
      await ended
    }
  })

  it('this process is found without a capture', () => {
    expect(create().ofPid(process.pid)?.process).toMatchObject({
      pid: process.pid,
      uid: process.getuid!(),
      exe: process.execPath,
    })
  })
})
