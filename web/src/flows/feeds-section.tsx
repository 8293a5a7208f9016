/** Feeds of threat intelligence that a side of a flow is on; nothing where it is on none. */
import type { Flow } from '@netscope/core/flow.ts'
import { useCallback } from 'react'
import { fetchAddress } from '../api/intel.ts'
import { usePolled } from '../devices/use-polled.ts'

const AGAIN_MS = 60_000

export const FeedsSection = ({ flow: { src, dst } }: { flow: Pick<Flow, 'src' | 'dst'> }) => {
  const ask = useCallback(() => Promise.all([src, dst].map(fetchAddress)), [src, dst])
  const { answer } = usePolled(`${src} ${dst}`, ask, AGAIN_MS)
  const listed = answer?.filter(({ feeds }) => feeds.length > 0) ?? []
  if (listed.length === 0) return null
  return (
    <section>
      <h3>On threat feeds</h3>
      <dl className='fields'>
        {listed.map(({ ip, feeds }) => (
          <div key={ip}>
            <dt>{ip}</dt>
            <dd>{feeds.map(({ feed, kind }) => `${feed} (${kind})`).join(', ')}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
