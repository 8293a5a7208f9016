/** Agent and server as real processes of real system users, out of a folder that is closed to them. */
import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { ensureAccounts } from './accounts.ts'
import { ownStatus } from './capabilities.ts'
import { makeFakeCheckout, type FakeCheckout } from './fake-checkout.ts'
import { FAST } from './fake-program.ts'
import { separatedPrograms } from './programs.ts'
import { run } from './run.ts'
import { createSupervisor, type Supervisor } from './supervisor.ts'

const say = (): void => {}
let checkout: FakeCheckout
let supervisor: Supervisor | undefined

afterEach(async () => {
  await supervisor?.stop()
  checkout.remove()
})

const start = (parent: string, source = 'ebpf'): void => {
  checkout = makeFakeCheckout(parent)
  const place = { root: checkout.root, node: process.execPath, env: process.env }
  const settings = { ...checkout.settings, source }
  supervisor = createSupervisor(
    separatedPrograms(settings, place, { run, say, status: ownStatus() }),
    {
      say,
      timing: FAST,
    },
  )
  supervisor.start()
}

const BPF_NET_ADMIN_PERFMON = '000000c000001000'
const NONE = '0000000000000000'

for (const parent of ['/root', '/run']) {
  test(`out of ${parent} the agent keeps exactly three capabilities, the server none`, async () => {
    const before = statSync(parent).mode
    start(parent)
    const accounts = ensureAccounts(run, say)
    await expect
      .poll(() => checkout.report('agent'), { timeout: 30_000 })
      .toMatchObject({
        uid: accounts.agent.uid,
        groups: [accounts.agent.gid],
        capabilities: Array<string>(5).fill(BPF_NET_ADMIN_PERFMON),
        noNewPrivileges: '1',
        umask: 0o027,
        wroteIntoCheckout: false,
        arguments: ['--x=1'],
      })
    await expect
      .poll(() => checkout.report('server'), { timeout: 30_000 })
      .toMatchObject({
        uid: accounts.server.uid,
        groups: [accounts.server.gid],
        capabilities: Array<string>(5).fill(NONE),
        noNewPrivileges: '1',
        umask: 0o007,
        cwd: checkout.settings.runDir,
        wroteIntoCheckout: false,
      })
    expect(statSync(parent).mode).toBe(before)
  })
}

test('neither sees anything else of a closed folder', async () => {
  start('/root')
  await expect
    .poll(() => checkout.report('server'), { timeout: 30_000 })
    .toMatchObject({ neighbours: ['checkout'] })
})

test('the mock source gets no capability at all', async () => {
  start('/run', 'mock')
  await expect
    .poll(() => checkout.report('agent'), { timeout: 30_000 })
    .toMatchObject({ capabilities: Array<string>(5).fill(NONE) })
})

test('a folder of data that holds files of others is not taken over', () => {
  checkout = makeFakeCheckout('/run')
  const place = { root: checkout.root, node: process.execPath, env: process.env }
  const settings = { ...checkout.settings, dataDir: dirname(checkout.root) }
  expect(() => separatedPrograms(settings, place, { run, say, status: ownStatus() })).toThrow(
    /holds files of others, so it is not handed to the user netscope-agent/,
  )
})
