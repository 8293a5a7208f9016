/** Owners of sockets: real ones of this process, and many on a made-up /proc. */
import { fstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findSocketOwners } from './socket-owners.ts'

describe('owners of real sockets', () => {
  let server: Server
  beforeEach(async () => {
    server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterEach(() => new Promise((resolve) => server.close(resolve)))

  it('a listening socket of this process is found', async () => {
    const { fd } = (server as unknown as { _handle: { fd: number } })._handle
    const { ino } = fstatSync(fd)
    expect((await findSocketOwners({}, new Set([ino]))).pids).toEqual(new Map([[ino, process.pid]]))
    expect((await findSocketOwners()).pids.get(ino)).toBe(process.pid)
  })
})

describe('on a made-up /proc', () => {
  let procRoot: string
  beforeEach(() => {
    procRoot = mkdtempSync(join(tmpdir(), 'netscope-sockets-'))
  })
  afterEach(() => rmSync(procRoot, { recursive: true }))

  const open = (pid: number, ...targets: string[]) => {
    mkdirSync(join(procRoot, `${pid}/fd`), { recursive: true })
    targets.forEach((target, fd) => symlinkSync(target, join(procRoot, `${pid}/fd/${fd}`)))
  }

  it('of a shared socket the lowest pid is the owner, and other files are none', async () => {
    open(100, '/dev/null', 'socket:[5]', 'pipe:[6]', 'socket:[x]', 'socket:[7] (deleted)')
    open(9, 'socket:[5]', 'anon_inode:[eventpoll]')
    mkdirSync(join(procRoot, 'self'))
    mkdirSync(join(procRoot, '77'))
    expect(await findSocketOwners({ procRoot })).toEqual({ pids: new Map([[5, 9]]) })
  })

  it('no more than the limit are kept, and that is said', async () => {
    open(1, ...Array.from({ length: 10 }, (_, i) => `socket:[${i}]`))
    const { pids, reason } = await findSocketOwners({ procRoot, maxSockets: 4 })
    expect(pids.size).toBe(4)
    expect(reason).toContain('More than 4 sockets')
  })

  it('others may run while many files are looked through', async () => {
    open(1, ...Array.from({ length: 800 }, (_, i) => `socket:[${i}]`))
    let turns = 0
    const immediate = (): void => {
      turns++
      if (turns < 1000) setImmediate(immediate)
    }
    setImmediate(immediate)
    const { pids } = await findSocketOwners({ procRoot })
    expect(pids.size).toBe(800)
    expect(turns).toBeGreaterThanOrEqual(3)
  })
})
