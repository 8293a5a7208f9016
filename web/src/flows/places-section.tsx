/** To whom the two sides of a flow belong, as far as it is known. */
import type { Flow } from '@netscope/core/flow.ts'
import { Unknown } from './process-cell.tsx'

/** What the API adds to a flow; absent where it does not know such things. */
export interface Places {
  srcNetwork?: string
  dstNetwork?: string
  srcCountry?: string
  dstCountry?: string
  srcAsn?: number
  dstAsn?: number
  srcAsName?: string
  dstAsName?: string
}

const COUNTRIES = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'code' })

/** Databases may hold anything. */
const countryName = (code: string): string => {
  try {
    return COUNTRIES.of(code) ?? code
  } catch {
    return code
  }
}

const placeOf = (flow: Places, side: 'src' | 'dst'): string => {
  const [network, country] = [flow[`${side}Network`], flow[`${side}Country`]]
  const [asn, asName] = [flow[`${side}Asn`], flow[`${side}AsName`]]
  return [network, asn ? `AS${asn} ${asName ?? ''}` : '', country ? countryName(country) : '']
    .filter(Boolean)
    .join(' · ')
}

export const PlacesSection = ({ flow }: { flow: Flow & Places }) => {
  const [src, dst] = [placeOf(flow, 'src'), placeOf(flow, 'dst')]
  if (src === '' && dst === '') return null
  return (
    <section>
      <h3>Where</h3>
      <dl className='fields'>
        <Place label='Client' text={src} />
        <Place label='Server' text={dst} />
      </dl>
      <p className='faint'>
        A hint, not evidence.{' '}
        <a href='https://db-ip.com' rel='noreferrer' target='_blank'>
          IP Geolocation by DB-IP
        </a>
        , RouteViews and NRO
      </p>
    </section>
  )
}

const Place = ({ label, text }: { label: string; text: string }) => (
  <div>
    <dt>{label}</dt>
    <dd>{text || <Unknown why='A private address, or none that the databases know' />}</dd>
  </div>
)
