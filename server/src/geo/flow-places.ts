/** To whom the two sides of a flow belong, looked up when somebody asks for the flow: what moves is not stored. */
import type { Geo } from './geo.ts'

/** Texts are empty and numbers 0 where nothing is known. */
export interface FlowPlaces {
  srcNetwork: string
  dstNetwork: string
  srcCountry: string
  dstCountry: string
  srcAsn: number
  dstAsn: number
  srcAsName: string
  dstAsName: string
}

const NOWHERE = { network: '', country: '', asn: 0, asName: '' }

export const withPlaces = <F extends { src: string; dst: string }>(
  flow: F,
  geo: Pick<Geo, 'find'>,
): F & FlowPlaces => {
  const src = geo.find(flow.src) ?? NOWHERE
  const dst = geo.find(flow.dst) ?? NOWHERE
  return {
    ...flow,
    srcNetwork: src.network,
    dstNetwork: dst.network,
    srcCountry: src.country,
    dstCountry: dst.country,
    srcAsn: src.asn,
    dstAsn: dst.asn,
    srcAsName: src.asName,
    dstAsName: dst.asName,
  }
}
