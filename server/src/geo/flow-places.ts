/** To whom the two sides of a flow belong, looked up when somebody asks for the flow: what moves is not stored. */
import type { Geo } from './geo.ts'

/** Texts are empty and numbers 0 where nothing is known. */
export interface FlowPlaces {
  srcNetwork: string
  srcCountry: string
  srcAsn: number
  srcAsName: string
  dstNetwork: string
  dstCountry: string
  dstAsn: number
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
    srcCountry: src.country,
    srcAsn: src.asn,
    srcAsName: src.asName,
    dstNetwork: dst.network,
    dstCountry: dst.country,
    dstAsn: dst.asn,
    dstAsName: dst.asName,
  }
}
