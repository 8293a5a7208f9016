/** The agent's own figures. */
import type { StatusAnswer } from '../api/status.ts'
import { formatBytes, formatExact } from '../format/quantity.ts'

/** Kernel program run time, only measured when the kernel is told to. */
const perRun = (runs: number, runNs: number) =>
  runs > 0 ? `${(runNs / runs).toFixed(0)} ns per packet` : 'not run yet'

export const NumbersSection = ({ status }: { status: StatusAnswer }) => {
  const { flowTable, events, agent, lists, sockets, observations, programs = [] } = status
  const rows: [string, string][] = []
  if (flowTable) {
    rows.push([
      'Flow table',
      `${formatExact(flowTable.used)} of ${formatExact(flowTable.capacity)} entries`,
    ])
    rows.push([
      'Counted without a flow',
      `${formatExact(flowTable.overflowPackets)} packets, ${formatBytes(flowTable.overflowBytes)}`,
    ])
  }
  if (events) {
    rows.push(['Packet events', events.watched ? 'being watched' : 'nobody watches: none produced'])
    rows.push([
      'Sent / rate-limited / lost',
      [events.sent, events.skipped, events.lost].map(formatExact).join(' / '),
    ])
  }
  if (sockets) {
    const lost = sockets.overflow > 0 ? `, ${formatExact(sockets.overflow)} had no room` : ''
    const used = `${formatExact(sockets.used)} of ${formatExact(sockets.capacity)} entries`
    rows.push(['Socket table', `${used}${lost}`])
  }
  if (observations) {
    const { sent, skipped, lost } = observations
    rows.push([
      'Observed / rate-limited / lost',
      [sent, skipped, lost].map(formatExact).join(' / '),
    ])
  }
  if (lists)
    rows.push([
      'Deny / allow entries',
      `${formatExact(lists.deny.entries)} / ${formatExact(lists.allow.entries)}`,
    ])
  if (agent) {
    rows.push(['Agent memory', formatBytes(agent.rssBytes)])
    rows.push(['Agent CPU since start', `${agent.cpuSeconds.toFixed(1)} s`])
    rows.push([
      'Uplink queue',
      `${formatBytes(agent.uplinkQueuedBytes)}, ${formatExact(agent.uplinkDroppedRecords)} records dropped`,
    ])
  }
  for (const { name, runs, runNs } of programs) rows.push([`Program ${name}`, perRun(runs, runNs)])
  return (
    <section>
      <h3>Figures</h3>
      <dl className='fields'>
        {rows.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
