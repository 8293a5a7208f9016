/** GET /api/v1/addresses/:ip: to whom an address belongs. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { Type } from 'typebox'
import type { Devices } from '../devices/devices.ts'
import { hostnameOf } from '../devices/device-row.ts'
import type { Geo } from '../geo/geo.ts'
import { FEED_KINDS } from '../intel/feeds/feed.ts'
import type { Intel } from '../intel/intel.ts'
import type { App } from './app-types.ts'
import { operation } from './operation.ts'
import { readAddress } from './query-values.ts'

const GET = operation({
  operationId: 'getAddress',
  tags: ['devices'],
  summary:
    'To whom an address belongs: network, special range, country, autonomous system, device; and on which feeds it is.',
  params: Type.Object({ ip: Type.String({ maxLength: 64 }) }),
  response: {
    200: Type.Object(
      {
        ip: Type.String(),
        network: Type.String({ description: 'As networks.named calls it; empty: none.' }),
        special: Type.String({ description: 'Special range (RFC 6890); empty: of the internet.' }),
        country: Type.String({ description: 'ISO 3166-1, two letters; empty: unknown.' }),
        asn: Type.Integer({ description: 'Number of the autonomous system; 0: unknown.' }),
        asName: Type.String(),
        device: Type.Union([
          Type.Object({ id: Type.String(), name: Type.String(), mac: Type.String() }),
          Type.Null(),
        ]),
        feeds: Type.Array(
          Type.Object({
            feed: Type.String(),
            kind: Type.Enum([...FEED_KINDS]),
            weight: Type.Integer({ description: 'Percent.' }),
          }),
          { description: 'Feeds of threat intelligence that it is on.' },
        ),
        databases: Type.Array(
          Type.Object({ kind: Type.String(), source: Type.String(), date: Type.String() }),
          { description: 'What country and system were looked up in, and of when it is.' },
        ),
      },
      { title: 'Address' },
    ),
  },
})

export interface AddressRouteDeps {
  devices: Pick<Devices, 'findIp'>
  geo: Geo
  intel: Pick<Intel, 'listedOn'>
}

export const addAddressRoutes = (app: App, { devices, geo, intel }: AddressRouteDeps): void => {
  app.get('/api/v1/addresses/:ip', { schema: GET }, async ({ params }) => {
    const { text: ip, length } = readAddress('ip', params.ip)
    const device = length === 128 ? devices.findIp(ip) : undefined
    await geo.ready()
    const place = geo.find(ip)
    if (!place) {
      const reason = `${JSON.stringify(params.ip)} is no single address.`
      throw new NetscopeError('query.invalid', { name: 'ip', reason, allowed: 'one address' })
    }
    return {
      ip,
      ...place,
      device: device
        ? { id: device.id, name: device.given.name || hostnameOf(device), mac: device.mac }
        : null,
      feeds: intel.listedOn(ip).map(({ feed, kind, weight }) => ({ feed, kind, weight })),
      databases: geo.databases().map(({ kind, source, builtAtMs }) => ({
        kind,
        source,
        date: new Date(builtAtMs).toISOString().slice(0, 10),
      })),
    }
  })
}
