/** Health in full: what is wrong and what helps, coverage, interfaces, capabilities, the agent itself. */
import type { StatusAnswer } from '../api/status.ts'
import type { StreamState } from '../api/stream.ts'
import { Drawer } from '../ui/drawer.tsx'
import { Icon } from '../ui/icon.tsx'
import { CapabilitiesSection } from './capabilities-section.tsx'
import { CoverageSection } from './coverage-section.tsx'
import { DnsSection } from './dns-section.tsx'
import { findingsOf } from './health.ts'
import { InterfaceSection } from './interface-section.tsx'
import { NumbersSection } from './numbers-section.tsx'
import { TcpTotalsSection } from './tcp-totals-section.tsx'
import { TopAddresses } from './top-addresses.tsx'

interface Props {
  status: StatusAnswer | undefined
  stream: StreamState
  onClose: () => void
}

export const StatusPanel = ({ status, stream, onClose }: Props) => {
  const findings = findingsOf(status, stream)
  return (
    <Drawer
      title='Health'
      subtitle={status ? `NetScope ${status.serverVersion}` : undefined}
      onClose={onClose}
      className='status-panel'
    >
      <section>
        {findings.length === 0 ? (
          <p className='finding finding-good'>
            <Icon name='check' /> <span>{status ? 'Nothing is wrong.' : 'Connecting …'}</span>
          </p>
        ) : (
          findings.map(({ title, remedy }) => (
            <div key={title} className='finding'>
              <Icon name='warn' />
              <div>
                <p>{title}</p>
                {remedy ? <p className='muted'>{remedy}</p> : null}
              </div>
            </div>
          ))
        )}
      </section>
      {status?.coverage ? <CoverageSection coverage={status.coverage} /> : null}
      {status?.interfaces ? <InterfaceSection interfaces={status.interfaces} /> : null}
      {status?.rtt ? <TcpTotalsSection tcp={status.tcp} rtt={status.rtt} /> : null}
      {status?.dns && status.dns.length > 0 ? <DnsSection servers={status.dns} /> : null}
      {status ? <CapabilitiesSection status={status} /> : null}
      {status?.topIps && status.topIps.length > 0 ? (
        <TopAddresses addresses={status.topIps} />
      ) : null}
      {status ? <NumbersSection status={status} /> : null}
    </Drawer>
  )
}
