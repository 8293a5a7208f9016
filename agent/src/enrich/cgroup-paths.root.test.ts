/** Real cgroups: ids as the kernel has them, and a real process in one that looks like a container's. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { monotonicNs } from '../kernel/clock.ts'
import { findCgroupMount } from './cgroup-mount.ts'
import { createCgroupPaths } from './cgroup-paths.ts'
import { createProcesses } from './processes.ts'
import { createUserNames } from './user-names.ts'

const mount = findCgroupMount(readFileSync('/proc/self/mountinfo', 'utf8'))?.path
const ID = `${process.pid.toString(16).padStart(8, '0')}abcdef01`.repeat(4)

describe.skipIf(mount === undefined)('real cgroups', () => {
  const made: string[] = []
  const children: ChildProcess[] = []
  const make = (path: string): number => {
    mkdirSync(mount + path)
    made.push(mount + path)
    return statSync(mount + path).ino
  }
  const spawnIn = async (path: string): Promise<number> => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' })
    await new Promise((resolve) => child.once('spawn', resolve))
    children.push(child)
    writeFileSync(`${mount}${path}/cgroup.procs`, `${child.pid}`)
    return child.pid!
  }
  const endAll = async (): Promise<void> => {
    for (const child of children.splice(0)) {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL')
        await ended
      }
    }
    for (const path of made.splice(0).toReversed()) await remove(path)
  }
  /** A cgroup is busy until the kernel has put its last process away. */
  const remove = async (path: string): Promise<void> => {
    for (let tries = 0; existsSync(path); tries++) {
      try {
        rmdirSync(path)
      } catch (error) {
        if (tries === 100) throw error
        await sleep(10)
      }
    }
  }
  let folder: string
  beforeEach(() => {
    folder = `/netscope-test-${process.pid}`
    make(folder)
  })
  afterEach(endAll)

  const create = () => {
    const cgroups = createCgroupPaths()
    const users = createUserNames()
    let wallMs = Date.now()
    const processes = createProcesses({}, { cgroups, users, monotonicNs, wallMs: () => wallMs })
    processes.start()
    const pass = (ms: number): void => {
      wallMs += ms
      processes.tick()
    }
    return { cgroups, processes, pass, nowMs: () => wallMs }
  }

  it('the root is /, a deep one is found, and a later one by its id', () => {
    const deep = `${folder}/a`
    const id = make(deep)
    const { cgroups, nowMs } = create()
    expect(cgroups.pathOf(statSync(mount!).ino, nowMs())).toBe('/')
    expect(cgroups.pathOf(id, nowMs())).toBe(deep)
    const late = make(`${folder}/late`)
    expect(cgroups.pathOf(late, nowMs() + 60_000)).toBe(`${folder}/late`)
    expect(cgroups.reason()).toBeUndefined()
  })

  it('a process in a cgroup like that of Docker has this container, alive and ended, the cgroup removed', async () => {
    const { processes, pass } = create()
    const path = `${folder}/docker-${ID}.scope`
    const cgroupId = BigInt(make(path))
    const pid = await spawnIn(path)
    const seen = { pid, uid: 0, command: 'sleep', cgroupId, capturedNs: monotonicNs() }
    pass(60_000)
    const container = { runtime: 'docker', id: ID }
    expect(processes.resolve(seen).process).toMatchObject({
      exe: expect.stringContaining('/'),
      commandLine: 'sleep 60',
      user: 'root',
      cgroup: path,
      container,
    })
    await endAll()
    pass(60_000)
    const later = { ...seen, pid: 2 ** 22 + 1, capturedNs: monotonicNs() }
    expect(processes.resolve(later).process).toEqual({
      pid: later.pid,
      command: 'sleep',
      uid: 0,
      user: 'root',
      cgroup: path,
      container,
    })
  })

  it('a container that lived between two ticks is known, as a tick has seen that there are more cgroups', async () => {
    const { processes, pass } = create()
    const path = `${folder}/docker-${ID}.scope`
    const cgroupId = BigInt(make(path))
    pass(60_000)
    await endAll()
    const seen = { pid: 2 ** 22 + 1, uid: 0, command: 'x', cgroupId, capturedNs: monotonicNs() }
    expect(processes.resolve(seen).process.container?.id).toBe(ID)
  })
})
