/** The DNS servers that this host and those behind it ask: how fast they answer, and how often not. */
import type { DnsServer } from '@netscope/core/status.ts'
import { formatCount, formatExact, formatShare } from '../format/quantity.ts'
import { formatLatency } from '../format/time.ts'
import { failuresOf } from './dns-failures.ts'

export const DnsSection = ({ servers }: { servers: readonly DnsServer[] }) => (
  <section>
    <h3>DNS servers</h3>
    <table className='plain'>
      <thead>
        <tr>
          <th scope='col'>Server</th>
          <th scope='col'>Queries</th>
          <th scope='col' title='Mean time from query to answer'>
            Latency
          </th>
          <th scope='col' title='Of the queries'>
            Unanswered
          </th>
          <th
            scope='col'
            title='Answers such as SERVFAIL or REFUSED; that a name does not exist is no failure'
          >
            Failed
          </th>
        </tr>
      </thead>
      <tbody>
        {servers.map((each) => (
          <Row key={each.server} each={each} />
        ))}
      </tbody>
    </table>
  </section>
)

/** Beyond this share of queries without a proper answer people notice. */
const NOTICED = 0.01

const Row = ({ each }: { each: DnsServer }) => {
  const { server, queries, answers, unanswered, rcodes, latencySumMs } = each
  const failed = failuresOf(rcodes)
  const share = (count: number) => count / Math.max(1, queries)
  const codes = Object.entries(rcodes).map(([code, count]) => `${code} ${formatExact(count)}`)
  return (
    <tr>
      <th scope='row' className='mono'>
        {server}
      </th>
      <td title={formatExact(queries)}>{formatCount(queries)}</td>
      <td>{answers > 0 ? formatLatency(latencySumMs / answers) : '–'}</td>
      <td
        className={share(unanswered) > NOTICED ? 'lossy' : ''}
        title={formatShare(share(unanswered))}
      >
        {formatCount(unanswered)}
      </td>
      <td className={share(failed) > NOTICED ? 'lossy' : ''} title={codes.join(', ')}>
        {formatCount(failed)}
      </td>
    </tr>
  )
}
