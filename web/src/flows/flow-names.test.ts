/** Which name of a server comes first. */
import { expect, it } from 'vitest'
import { fakeFlow } from './fakes/flow.ts'
import { clientNames, serverNames } from './flow-names.ts'

it('puts the name that the client asked for in DNS before that in TLS and in HTTP', () => {
  const flow = fakeFlow({ dstName: 'a.example', sni: 'b.example', httpHost: 'c.example' })
  expect(serverNames(flow).map(({ name }) => name)).toEqual(['a.example', 'b.example', 'c.example'])
})

it('names a server once when all say the same', () => {
  const flow = fakeFlow({ dstName: 'a.example', sni: 'a.example', httpHost: 'a.example' })
  expect(serverNames(flow)).toEqual([{ name: 'a.example', from: 'DNS' }])
})

it('falls back to the name in TLS, and has none where none is known', () => {
  expect(serverNames(fakeFlow({ sni: 'b.example' }))[0]?.from).toBe('TLS server name')
  expect([...serverNames(fakeFlow({})), ...clientNames(fakeFlow({}))]).toEqual([])
})
