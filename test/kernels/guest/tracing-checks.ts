/** Tracing, hooked in both ways: what it counts equals what applications, /proc/net/snmp and tc count. */
import { spawnSync } from 'node:child_process'
import { release } from 'node:os'
import { kernelAtLeast } from '../../../agent/src/kernel/bpf-object.ts'
import type { HookStatus } from '../../../agent/src/kernel/tracing/hook-in.ts'
import type { Way } from '../../../agent/src/kernel/tracing/trace-hooks.ts'
import { createTracing, type Tracing } from '../../../agent/src/kernel/tracing/tracing.ts'
import { AGENT_CAPABILITIES } from '../../../cli/src/up/capabilities.ts'
import { asAccount, withLockedMemory } from '../../../cli/src/up/privileges.ts'
import { checkAppBytes } from './app-bytes-checks.ts'
import { loadedPrograms } from './attached.ts'
import { equal, sleep, type Checks } from './checks.ts'
import { startPeer } from './link.ts'
import { checkFullTable, checkLoss, checkRefusedDatagrams } from './loss-checks.ts'
import { numberSockets } from './socket-cookies.ts'

const NOBODY = { user: 'nobody', uid: 65534, gid: 65534 }
/** skb_drop_reason has come with Linux 5.17. */
const hasReasons = (): boolean => kernelAtLeast(5, 17)
/** tcp_sendpage has gone with Linux 6.5. */
const hasSendpage = (): boolean => !kernelAtLeast(6, 5)

const expectedHooks = (way: Way): HookStatus[] => {
  const tracepoint = { ok: true, how: way === 'fentry' ? 'tp_btf' : 'tracepoint' } as const
  const fn = { ok: true, how: way } as const
  const drops = hasReasons()
    ? { name: 'drops', ...tracepoint }
    : {
        name: 'drops',
        ok: false,
        reason:
          'this kernel does not say why it drops a packet, so drops cannot be told from other ends',
        remedy: 'Linux 5.17 or later.',
      }
  return [
    drops,
    { name: 'retransmissions', ...tracepoint },
    { name: 'retransmissions of SYN-ACK', ...tracepoint },
    { name: 'bytes sent', ...fn },
    ...(hasSendpage() ? [{ name: 'bytes sent by sendfile', ...fn }] : []),
    { name: 'bytes received', ...fn },
    { name: 'bytes received by splice', ...fn },
    { name: 'accepted connections', ...fn },
  ]
}

/** As the agent runs, with its capabilities only: says what it could hook into, and ends. */
export const runTraced = (): Promise<void> => {
  const tracing = createTracing()
  process.stdout.write(JSON.stringify(tracing.start()))
  tracing.stop()
  return Promise.resolve()
}

export const checkTracing = async (checks: Checks): Promise<void> => {
  numberSockets()
  const programsBefore = loadedPrograms()
  const stopPeer = await startPeer()
  for (const way of ['fentry', 'kprobe'] as const) await checkWay(checks, way)
  stopPeer()
  await checks.check('tracing: an agent with its capabilities hooks in as root does', () => {
    const script = process.argv[1] ?? ''
    const [program, ...rest] = withLockedMemory(
      asAccount(NOBODY, AGENT_CAPABILITIES, [process.execPath, script, 'traced']),
      release(),
    )
    const { stdout, stderr } = spawnSync(program, rest, { encoding: 'utf8' })
    equal({ hooks: JSON.parse(stdout), stderr }, { hooks: expectedHooks('fentry'), stderr: '' })
  })
  await checks.check('tracing: after a stop no program is left', async () => {
    for (let tries = 0; loadedPrograms() !== programsBefore && tries < 60; tries++) await sleep(50)
    equal(loadedPrograms(), programsBefore)
  })
}

const checkWay = async (checks: Checks, way: Way): Promise<void> => {
  const named: Checks = {
    ...checks,
    check: (name, body) => checks.check(`tracing by ${way}: ${name}`, body),
  }
  let tracing: Tracing | undefined
  await named.check('hooks in', () => {
    const startedAt = performance.now()
    tracing = createTracing({ ways: [way] })
    equal(tracing.start(), expectedHooks(way))
    return `${Math.round(performance.now() - startedAt)} ms`
  })
  if (!tracing) return
  await checkAppBytes(named, tracing)
  if (hasReasons()) await checkRefusedDatagrams(named, tracing)
  await checkLoss(named, tracing, hasReasons())
  await named.check('nothing was missed', () => {
    const counted = tracing?.counters()
    const missed = [
      'dropTuplesFull',
      'dropTotalsFull',
      'retransmissionsFull',
      'appFull',
      'appWithoutCookie',
      'acceptancesFull',
      'acceptancesWithoutCookie',
    ] as const
    equal(
      missed.map((name) => counted?.[name]),
      missed.map(() => 0),
    )
    return `${counted?.withoutReason} buffers freed without a reason, ${counted?.noPacket} no packets`
  })
  tracing.stop()
  if (hasReasons()) await checkFullTable(named, way)
}
