/** The checks of tracing alone, for work on them: `main.ts --tracing 6.1`. */
import { createChecks, sleep } from './checks.ts'
import { makeLink, raiseLink } from './link.ts'
import { runPeer } from './peer.ts'
import { checkTracing, runTraced } from './tracing-checks.ts'
import { runTrickle } from './trickle.ts'

const SETTLE_MS = 1500

const runChecks = async (): Promise<void> => {
  const checks = createChecks()
  makeLink()
  raiseLink([])
  await sleep(SETTLE_MS)
  await checkTracing(checks)
  process.exitCode = checks.failed() ? 1 : 0
}

const parts: Record<string, () => Promise<void>> = {
  peer: runPeer,
  trickle: runTrickle,
  traced: runTraced,
}
await (parts[process.argv[2] ?? ''] ?? runChecks)()
