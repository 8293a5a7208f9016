/** What runs inside a guest: loads, attaches, sends, counts, blocks, stops; its exit code is the result. */
import { readFileSync } from 'node:fs'
import type { KernelSource } from '../../../agent/src/kernel/kernel-source.ts'
import { checkAccounting, checkInterfaceCounters } from './accounting-checks.ts'
import {
  checkAttached,
  checkKilled,
  checkStopped,
  createSource,
  runKilled,
} from './attach-checks.ts'
import { loadedPrograms } from './attached.ts'
import { checkBlocking } from './blocking-checks.ts'
import { checkCaptures } from './capture-checks.ts'
import { createChecks, sleep } from './checks.ts'
import { makeLink, raiseLink, startPeer, TUNNEL, VETH } from './link.ts'
import { runPeer } from './peer.ts'
import { checkSockets } from './socket-checks.ts'
import { checkTracing, runTraced } from './tracing-checks.ts'
import { runTrickle } from './trickle.ts'
import { makeTun, TUN } from './tun.ts'
import { refusal, verifiedInstructions } from './verifier.ts'

const EXIT_FAILED = 1
/** Duplicate address detection of link-local addresses and the first multicast reports. */
const SETTLE_MS = 1500

const indexOf = (name: string) => Number(readFileSync(`/sys/class/net/${name}/ifindex`, 'utf8'))

const runChecks = async (): Promise<number> => {
  const checks = createChecks()
  makeLink()
  const sendIntoTun = makeTun()
  const indexes = { veth: indexOf(VETH), tunnel: indexOf(TUNNEL), tun: indexOf(TUN) }
  const programsBefore = loadedPrograms()
  let source: KernelSource | undefined
  await checks.check('the program loads', () => {
    const startedAt = performance.now()
    source = createSource()
    return `${Math.round(performance.now() - startedAt)} ms`
  })
  if (!source) {
    console.log(refusal())
    return EXIT_FAILED
  }
  await source.start()
  await checkAttached(checks, source, indexes.veth)
  raiseLink([TUN])
  const stopPeer = await startPeer()
  await sleep(SETTLE_MS)
  await checkAccounting(checks, source, indexes, sendIntoTun)
  await checkBlocking(checks, source, indexes.veth)
  await checkCaptures(checks, source, indexes.veth)
  await checkInterfaceCounters(checks, source, indexes.veth)
  // Afterwards, because netem drops what we have counted on its way out.
  await checkSockets(checks, source)
  await source.stop()
  stopPeer()
  await checkStopped(checks, indexes.veth, programsBefore)
  await checkKilled(checks, indexes.veth)
  await checkTracing(checks)
  await checks.check('instructions that the verifier walked through', () =>
    Object.entries(verifiedInstructions())
      .map(([name, count]) => `${name} ${count}`)
      .join(', '),
  )
  return checks.failed() ? EXIT_FAILED : 0
}

const parts: Record<string, () => Promise<void>> = {
  peer: runPeer,
  trickle: runTrickle,
  killed: runKilled,
  traced: runTraced,
}
const part = parts[process.argv[2] ?? '']
if (part) await part()
else process.exitCode = await runChecks()
