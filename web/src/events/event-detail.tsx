/** One packet in full. */
import { formatExact } from '../format/quantity.ts'
import { formatTcpFlags } from '../format/tcp-flags.ts'
import { EndpointCard } from '../lists/endpoint-card.tsx'
import { formatRoute } from '../route.ts'
import { verdictMeaning, VerdictBadge } from '../ui/badge.tsx'
import { Drawer } from '../ui/drawer.tsx'
import type { PacketEvent } from './packet-event.ts'

export const EventDetail = ({ event, onClose }: { event: PacketEvent; onClose: () => void }) => (
  <Drawer
    title={`${event.proto} packet ${event.direction === 'INGRESS' ? 'in' : 'out'}`}
    subtitle={verdictMeaning(event.action)}
    onClose={onClose}
    className='event-detail'
  >
    <div className='endpoints'>
      <Side title='Source' address={event.src} port={event.srcPort} protocol={event.proto} />
      <Side title='Destination' address={event.dst} port={event.dstPort} protocol={event.proto} />
    </div>
    <dl className='fields'>
      <div>
        <dt>Action</dt>
        <dd>
          <VerdictBadge verdict={event.action} />
        </dd>
      </div>
      <div>
        <dt>Time</dt>
        <dd className='mono'>{event.time}</dd>
      </div>
      <div>
        <dt>Number</dt>
        <dd className='mono'>{formatExact(event.seq)}</dd>
      </div>
      <div>
        <dt>Length</dt>
        <dd>{formatExact(event.length)} bytes (L3)</dd>
      </div>
      <div>
        <dt>Packets</dt>
        <dd title='More than one: the kernel handled them as one (GRO, TSO)'>{event.packets}</dd>
      </div>
      <div>
        <dt>TCP flags</dt>
        <dd>{formatTcpFlags(event.tcpFlags) || '–'}</dd>
      </div>
      <div>
        <dt>Interface</dt>
        <dd>{event.interface}</dd>
      </div>
      <div>
        <dt>VLAN</dt>
        <dd>{event.vlan || '–'}</dd>
      </div>
      <div>
        <dt>Direction</dt>
        <dd>{event.direction}</dd>
      </div>
    </dl>
  </Drawer>
)

interface SideProps {
  title: string
  address: string
  port: number
  protocol: string
}

const Side = (props: SideProps) => (
  <EndpointCard {...props}>
    <p>
      <a href={formatRoute('flows', { q: props.address })}>Flows of this address</a>
    </p>
  </EndpointCard>
)
