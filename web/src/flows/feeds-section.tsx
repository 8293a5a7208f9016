/** Feeds of threat intelligence that addresses are on, as those of a flow or a device; nothing where they are on none. */
import { useCallback } from 'react'
import { fetchAddress } from '../api/intel.ts'
import { usePolled } from '../devices/use-polled.ts'

const AGAIN_MS = 60_000

/** `addresses`: with a space between. */
export const FeedsSection = ({ addresses }: { addresses: string }) => {
  const ask = useCallback(
    () => Promise.all(addresses.split(' ').filter(Boolean).map(fetchAddress)),
    [addresses],
  )
  const { answer } = usePolled(addresses, ask, AGAIN_MS)
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
