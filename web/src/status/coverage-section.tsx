/** How much of what the interfaces counted stands in flows, and where the rest is. */
import type { Coverage } from '../api/status.ts'
import { formatBytes, formatExact, formatShare } from '../format/quantity.ts'

const CAUSES: Record<Coverage['missing'][number]['cause'], string> = {
  'table full': 'The flow table was full: counted in the totals, not in a flow.',
  'not IP': 'Not IP (ARP and the like): outside of what flows hold.',
  malformed: 'Malformed headers: no flow can be named.',
  unexplained: 'Unexplained: the interface counted them and we did not.',
}

export const CoverageSection = ({ coverage }: { coverage: Coverage }) => (
  <section>
    <h3>Coverage</h3>
    <p className='muted'>Our counts beside the counters of the interfaces, compared every 10 s.</p>
    <div className='coverage'>
      <Share label='of packets' share={coverage.packets} />
      <Share label='of bytes' share={coverage.bytes} />
    </div>
    {coverage.missing.some(({ packets }) => packets > 0) ? (
      <ul className='missing-causes'>
        {coverage.missing
          .filter(({ packets }) => packets > 0)
          .map(({ cause, packets, bytes }) => (
            <li key={cause}>
              <p>{CAUSES[cause] ?? cause}</p>
              <p className='muted'>
                {formatExact(packets)} packets, {formatBytes(bytes)}
              </p>
            </li>
          ))}
      </ul>
    ) : null}
  </section>
)

const Share = ({ label, share }: { label: string; share: number | undefined }) => (
  <div className='share'>
    <p>
      <b>{share === undefined ? '–' : formatShare(share)}</b> {label}
    </p>
    <meter min={0} max={1} value={share ?? 0} aria-label={`Coverage ${label}`} />
    {share === undefined ? <p className='muted'>Known after the first comparison.</p> : null}
  </div>
)
