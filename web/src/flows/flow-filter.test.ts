/** The URL and the query say the same as the filter. */
import { expect, it } from 'vitest'
import { conditions, flowParams, flowQuery, readFlowFilter } from './flow-filter.ts'

const read = (text: string) => readFlowFilter(new URLSearchParams(text))

it('asks for live flows by rate when nothing is chosen', () => {
  expect(flowQuery(read(''))).toBe('state=live&sort=-bytesPerSecond&limit=500')
  expect(Object.values(flowParams(read(''))).filter(Boolean)).toEqual([])
})

it('sends only what is set, trimmed', () => {
  const filter = read('q=+10.0.0.5+&verdict=DROP&state=ended&offset=500')
  const query = Object.fromEntries(new URLSearchParams(flowQuery(filter)))
  expect(query).toEqual({
    state: 'ended',
    sort: '-bytesPerSecond',
    limit: '500',
    verdict: 'DROP',
    q: '10.0.0.5',
    offset: '500',
  })
  expect(conditions(filter)).toBe(2)
})

it('sends what is written as a query as filter', () => {
  const query = new URLSearchParams(flowQuery({ ...read(''), q: ' port = 443 and bytes > 1MB ' }))
  expect([query.get('filter'), query.get('q')]).toEqual(['port = 443 and bytes > 1MB', null])
})

it('falls back where the URL holds nonsense', () => {
  const filter = read('state=dead&offset=-3&offset=x')
  expect([filter.state, filter.offset]).toEqual(['live', 0])
})
