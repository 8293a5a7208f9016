/** One run of iperf3 from one end of a cable to the other. */
import type { Cgroup } from './cpu-account.ts'
import { sleep, startLineProcess } from './line-process.ts'
import type { Cable } from './namespaces.ts'
import type { Undo } from './undo.ts'

const PORT = 5201

/** What we read of iperf3's report. */
export interface IperfEnd {
  sum_received?: { bits_per_second: number; bytes: number }
  sum?: { packets: number; lost_packets: number; seconds: number }
}

/** From a to b. Its server is a process of its own, because its own next test could meet a late one. */
export const runIperf = async (
  { a, b }: Cable,
  options: readonly string[],
  seconds: number,
  undo: Undo,
  serverIn: Pick<Cgroup, 'inside'> = { inside: (words) => [...words] },
): Promise<IperfEnd> => {
  const port = ['-p', String(PORT)]
  const serve = b.inside('iperf3', '-s', '-1', ...port, '--forceflush')
  const server = startLineProcess(serverIn.inside(serve), undo)
  await server.next()
  await sleep(50)
  const words = ['iperf3', '-J', '-c', b.address, ...port, '-t', String(seconds), '-O', '0.3']
  const client = startLineProcess(a.inside(...words, ...options), undo)
  let text = ''
  for (;;) {
    try {
      text += `${await client.next()}\n`
    } catch {
      break
    }
  }
  server.stop()
  const report = JSON.parse(text) as { end: IperfEnd; error?: string }
  if (report.error) throw new Error(`iperf3: ${report.error}`)
  return report.end
}
