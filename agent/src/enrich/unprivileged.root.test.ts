/** What an agent without CAP_SYS_PTRACE knows of other users' processes, and that it says what it doesn't. */
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const NOBODY = 65_534
const here = (name: string): string => JSON.stringify(`${import.meta.dirname}/${name}`)

const PROGRAM = `
  import { createProcesses } from ${here('processes.ts')}
  import { findSocketOwners } from ${here('socket-owners.ts')}
  const cgroups = { start() {}, refresh() {}, pathOf() {}, reason() {} }
  const monotonicNs = () => Number(process.hrtime.bigint())
  const users = { nameOf() {} }
  const processes = createProcesses({}, { cgroups, users, monotonicNs, wallMs: Date.now })
  processes.start()
  const other = processes.ofPid(Number(process.argv[1])).process
  const owners = await findSocketOwners()
  console.log(JSON.stringify({ other, denied: processes.counts().deniedPaths, owners: owners.reason }))
`

it('command line and start are known, the path is not, and that is counted', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', PROGRAM, String(process.pid)],
    { uid: NOBODY, gid: NOBODY, cwd: '/' },
  )
  const { other, denied, owners } = JSON.parse(stdout)
  expect(other).toMatchObject({ pid: process.pid, uid: 0, startMs: expect.any(Number) })
  expect(other.commandLine).toContain('node')
  expect(other.exe).toBeUndefined()
  expect(denied).toBe(1)
  const [, count] = /^The open files of (\d+) processes were not readable/.exec(owners) ?? []
  expect(Number(count)).toBeGreaterThan(0)
  expect(Number(count)).toBeLessThanOrEqual(readdirSync('/proc').length)
})
