/** Who a process is, on a made-up /proc, where pids are reused and processes end when the test says so. */
import { writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFakeProc } from './fake-proc.ts'
import { createProcesses, type ProcessesConfig } from './processes.ts'

const ID = '4f3c2b1a'.repeat(8)
const DOCKER = 7n
const SECOND = 1e9
/** The fake machine started 1,000 s ago and slept for 100 s of it. */
const NOW_NS = 900 * SECOND
const WALL_MS = 1_700_000_000_000

describe('on a made-up /proc', () => {
  let proc: ReturnType<typeof createFakeProc>
  let nowNs: number
  beforeEach(() => {
    proc = createFakeProc()
    proc.uptime(1000)
    nowNs = NOW_NS
  })
  afterEach(() => proc.remove())

  const at = (secondsAgo: number) => nowNs - secondsAgo * SECOND
  const started = (config: ProcessesConfig = {}) => {
    const paths = new Map([
      [1, '/'],
      [7, `/docker/${ID}`],
      [8, '/system.slice/web.service'],
    ])
    const processes = createProcesses(
      { procRoot: proc.root, ...config },
      {
        cgroups: {
          start: () => {},
          refresh: () => {},
          pathOf: (id) => paths.get(id),
          reason: () => undefined,
        },
        users: { nameOf: (uid) => (uid === 1000 ? 'alice' : undefined) },
        monotonicNs: () => nowNs,
        wallMs: () => WALL_MS,
      },
    )
    processes.start()
    return processes
  }
  const seen = (part: object = {}) => ({
    pid: 42,
    uid: 1000,
    command: 'curl',
    cgroupId: 8n,
    capturedNs: at(1),
    ...part,
  })
  const CURL = {
    command: 'curl',
    startTicks: 99_000,
    argv: ['curl', '--password=hunter2', 'https://x'],
    exe: '/usr/bin/curl',
  }
  const CAPTURED = {
    pid: 42,
    command: 'curl',
    uid: 1000,
    user: 'alice',
    cgroup: '/system.slice/web.service',
    unit: 'web.service',
  }

  it('a living process has all fields', () => {
    proc.run(42, CURL)
    expect(started().resolve(seen())).toEqual({
      later: false,
      process: {
        ...CAPTURED,
        exe: '/usr/bin/curl',
        commandLine: 'curl --password=*** https://x',
        startMs: WALL_MS - 10_000,
      },
    })
  })

  it('one that has ended has what was captured, its container too', () => {
    const { resolve } = started()
    expect(resolve(seen())).toEqual({ later: false, process: CAPTURED })
    expect(resolve(seen({ cgroupId: DOCKER })).process).toEqual({
      pid: 42,
      command: 'curl',
      uid: 1000,
      cgroup: `/docker/${ID}`,
      container: { runtime: 'docker', id: ID },
    })
  })

  it('a pid that was reused after the capture is not taken for the captured process', () => {
    proc.run(42, { ...CURL, command: 'sshd', startTicks: 99_950 })
    expect(started().resolve(seen()).process).toEqual(CAPTURED)
  })

  it('a process that started in the tick of its capture is the captured one', () => {
    proc.run(42, { ...CURL, startTicks: 99_901 })
    expect(started().resolve(seen()).process.exe).toBe('/usr/bin/curl')
  })

  it('of a reused pid the cached process is not shown for the new one, nor the new one for the old', () => {
    const processes = started()
    proc.run(42, CURL)
    expect(processes.resolve(seen()).process.startMs).toBe(WALL_MS - 10_000)
    nowNs += 60 * SECOND
    proc.uptime(1060)
    processes.tick()
    proc.run(42, { ...CURL, startTicks: 105_000, exe: '/opt/curl' })
    expect(processes.resolve(seen({ capturedNs: at(1) })).process.exe).toBe('/opt/curl')
    expect(processes.resolve(seen({ capturedNs: at(30) })).process).toEqual(CAPTURED)
    proc.end(42)
    nowNs += 60 * SECOND
    expect(processes.resolve(seen({ capturedNs: at(1) })).process).toEqual(CAPTURED)
  })

  it('exec is noticed by the captured command, at once', () => {
    const { resolve } = started()
    proc.run(42, { ...CURL, command: 'bash', exe: '/bin/bash' })
    expect(resolve(seen({ command: 'bash' })).process.exe).toBe('/bin/bash')
    nowNs += SECOND / 2
    proc.run(42, CURL)
    expect(resolve(seen({ capturedNs: at(0) })).process.exe).toBe('/usr/bin/curl')
  })

  it('exec that keeps the command is noticed within a second, by the place of the stack', () => {
    const { resolve } = started()
    proc.run(42, CURL)
    resolve(seen())
    proc.run(42, { ...CURL, argv: ['curl', 'https://y'], stack: 2 })
    nowNs += 2 * SECOND
    expect(resolve(seen({ capturedNs: at(0) })).process.commandLine).toBe('curl https://y')
  })

  it("a thread's name is the command, and is no reason to read the files again", () => {
    const processes = started()
    proc.run(42, CURL)
    processes.resolve(seen())
    for (let i = 0; i < 3; i++) {
      nowNs += SECOND / 10
      const { process } = processes.resolve(seen({ command: 'worker-1', capturedNs: at(0) }))
      expect(process).toMatchObject({ command: 'worker-1', exe: '/usr/bin/curl' })
    }
    expect(processes.counts().read).toBe(1)
  })

  it('a zombie keeps what was read while it lived', () => {
    const { resolve } = started()
    proc.run(42, CURL)
    resolve(seen())
    proc.run(42, { command: 'curl', startTicks: CURL.startTicks, state: 'Z', stack: 0 })
    nowNs += 2 * SECOND
    expect(resolve(seen({ capturedNs: at(0) })).process.exe).toBe('/usr/bin/curl')
  })

  it('a tick reads so many; the others are told to come back, and have what was captured', () => {
    const processes = started({ readsPerTick: 8 })
    for (const pid of [1, 2, 3]) proc.run(pid, CURL)
    expect([1, 2, 3].map((pid) => processes.resolve(seen({ pid })).later)).toEqual([
      false,
      false,
      true,
    ])
    expect(processes.resolve(seen({ pid: 3 })).process).toEqual({ ...CAPTURED, pid: 3 })
    processes.tick()
    expect(processes.resolve(seen({ pid: 3 }))).toMatchObject({
      later: false,
      process: { exe: '/usr/bin/curl' },
    })
  })

  it('the cache is bounded and keeps those asked for last', () => {
    const processes = started({ maxCached: 3 })
    for (const pid of [1, 2, 3, 4]) proc.run(pid, CURL)
    for (const pid of [1, 2, 3, 2, 1, 4, 1]) processes.resolve(seen({ pid }))
    expect(processes.counts()).toMatchObject({ cached: 3, read: 4 })
  })

  it('on a hybrid host a v1 path names the container', () => {
    proc.run(42, { ...CURL, cgroup: `9:name=systemd:/x\n4:cpu,memory:/docker/${ID}\n0::/\n` })
    for (const cgroupId of [1n, 8n, 999n]) {
      expect(started().resolve(seen({ cgroupId })).process.container?.id).toBe(ID)
    }
  })

  it('a process of which nothing was captured is described by /proc alone', () => {
    proc.run(42, { ...CURL, cgroup: `0::/docker/${ID}\n` })
    const processes = started()
    expect(processes.ofPid(42)?.process).toMatchObject({
      pid: 42,
      command: 'curl',
      uid: process.getuid?.(),
      exe: '/usr/bin/curl',
      container: { runtime: 'docker', id: ID },
    })
    expect(processes.ofPid(43)).toBeUndefined()
  })

  it('with pids of another namespace nothing is read', () => {
    proc.run(42, CURL)
    proc.namespace('pid:[4026532999]')
    const processes = started()
    expect(processes.resolve(seen())).toEqual({ later: false, process: CAPTURED })
    expect(processes.ofPid(42)).toBeUndefined()
    expect(processes.reasons()[0]).toContain('pid namespace')
  })

  it.each(['', 'junk', '42 (a', ') (', '42 (curl) S', `42 (a) (b)) S ${'x '.repeat(50)}`])(
    'a stat file with %j is no process',
    (text) => {
      proc.run(42, CURL)
      writeFileSync(`${proc.root}/42/stat`, text)
      expect(started().resolve(seen()).process).toEqual(CAPTURED)
    },
  )

  it('names that others chose cannot steer a terminal', () => {
    proc.run(42, { ...CURL, command: 'a) b (c', exe: '/tmp/\u001b[2J', argv: ['\u001b]0;x'] })
    const { process } = started().resolve(seen({ command: 'a\n\u001b[2J' }))
    expect(process).toMatchObject({ command: 'a??[2J', exe: '/tmp/?[2J', commandLine: '?]0;x' })
  })
})
