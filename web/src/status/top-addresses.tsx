/** Who sent the most packets in the last minute. */
import type { IpActivity } from '@netscope/core/status.ts'
import { formatCount, formatExact, formatRate } from '../format/quantity.ts'
import { formatRoute } from '../route.ts'

const SHOWN = 10

export const TopAddresses = ({ addresses }: { addresses: readonly IpActivity[] }) => (
  <section>
    <h3>Busiest sources of the last minute</h3>
    <table className='plain'>
      <thead>
        <tr>
          <th scope='col'>Address</th>
          <th scope='col'>Packets/s</th>
          <th scope='col'>Rate</th>
          <th scope='col' title='Distinct destination ports'>
            Ports
          </th>
          <th scope='col' title='SYN without ACK sent'>
            SYN
          </th>
        </tr>
      </thead>
      <tbody>
        {addresses.slice(0, SHOWN).map((each) => (
          <tr key={each.ip}>
            <th scope='row'>
              <a className='mono' href={formatRoute('flows', { q: each.ip })}>
                {each.ip}
              </a>
            </th>
            <td>{formatCount(Math.round(each.packetsPerSecond * 10) / 10)}</td>
            <td>{formatRate(each.bytesPerSecond)}</td>
            <td>{formatExact(each.uniqueDstPorts)}</td>
            <td>{formatExact(each.synCount)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
)
