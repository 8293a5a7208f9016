/** Packets of a flow that were dropped here, by whom and why. */
import type { Flow } from '@netscope/core/flow.ts'
import { formatPackets } from '../format/quantity.ts'
import { Icon } from '../ui/icon.tsx'
import { dropWords, shortReason } from './drop-reason.ts'

export const DropsSection = ({ flow }: { flow: Flow }) => {
  const ours = flow.srcDroppedPackets + flow.dstDroppedPackets
  if (flow.kernelDrops === 0 && ours === 0) return null
  return (
    <section>
      <h3>Drops</h3>
      {flow.kernelDrops > 0 ? (
        <div className='finding'>
          <Icon name='warn' />
          <div>
            <p>
              The kernel dropped {formatPackets(flow.kernelDrops)}. {dropWords(flow.dropReason)}.
            </p>
            {flow.dropReason ? (
              <p className='muted small'>
                The last reason, by the kernel’s name: <code>{shortReason(flow.dropReason)}</code>
              </p>
            ) : null}
          </div>
        </div>
      ) : null}
      {ours > 0 ? (
        <div className='finding'>
          <Icon name='block' />
          <p>Our deny list dropped {formatPackets(ours)}.</p>
        </div>
      ) : null}
    </section>
  )
}
