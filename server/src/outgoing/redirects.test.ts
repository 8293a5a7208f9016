/** To another host the guarded client follows only who asks for it, to public addresses, and without keys. */
import { expect, it } from 'vitest'
import { fetchFeed } from '../intel/feeds/fetch-feed.ts'
import { createOutgoing } from './outgoing.ts'
import type { OutgoingRequest } from './outgoing.ts'

const KEY = 'k3y'
const ADDRESSES: Record<string, string> = {
  'github.example': '1.1.1.1',
  'raw.example': '1.1.1.2',
  'inside.example': '10.0.0.8',
}

/** `to`: where each URL leads; the others answer. */
const create = (to: Record<string, string>, allow: string[] = []) => {
  const sent: [url: string, address: string, headers: Readonly<Record<string, string>>][] = []
  const outgoing = createOutgoing(
    { allow },
    {
      lookUp: async (host) => [ADDRESSES[host] ?? ''],
      send: async ({ url, headers }, { address }) => {
        sent.push([url.href, address, headers])
        const location = to[url.href]
        if (location === undefined) return { status: 200, headers: {}, body: Buffer.from('list') }
        return { status: 302, headers: { location }, body: Buffer.alloc(0) }
      },
    },
  )
  const get = (of: Partial<OutgoingRequest> = {}) =>
    outgoing.request({
      ...{ url: 'https://github.example/raw', mayLeave: true },
      ...{ headers: { 'Auth-Key': KEY, Accept: '*/*', 'if-none-match': '"1"' }, ...of },
    })
  return { outgoing, get, sent }
}

it('another host is asked at its own address, and is sent no key, nor is the first one later', async () => {
  const { get, sent } = create({
    'https://github.example/raw': 'https://raw.example/list',
    'https://raw.example/list': 'https://raw.example:8443/moved',
    'https://raw.example:8443/moved': 'https://github.example/end',
  })
  expect(String((await get()).body)).toBe('list')
  const plain = { Accept: '*/*', 'if-none-match': '"1"' }
  expect(sent).toEqual([
    ['https://github.example/raw', '1.1.1.1', { 'Auth-Key': KEY, ...plain }],
    ['https://raw.example/list', '1.1.1.2', plain],
    ['https://raw.example:8443/moved', '1.1.1.2', plain],
    ['https://github.example/end', '1.1.1.1', plain],
  ])
})

it('a feed is fetched from where it was moved to', async () => {
  const moved = { 'https://github.example/raw': 'https://raw.example/list' }
  const { outgoing, sent } = create(moved)
  const feed = { url: 'https://github.example/raw', authKey: KEY }
  const deps = { outgoing, maxBytes: 1000, nowMs: 0 }
  const fetched = await fetchFeed(feed, { etag: '', lastModified: '' }, deps)
  expect(fetched).toMatchObject({ kind: 'new', text: 'list' })
  expect(JSON.stringify(sent[1])).not.toContain(KEY)
})

it.each([
  ['who does not ask for it', 'https://raw.example/list', { mayLeave: false }, []],
  ['a POST', 'https://raw.example/list', { method: 'POST' }, []],
  ['a line in the clear', 'http://raw.example/list', {}, []],
  ['a server inside, also an allowed one', 'https://inside.example/', {}, ['10.0.0.0/8']],
  ['what is no host', 'file:///etc/passwd', {}, []],
] as const)('%s is not led to another host', async (_what, location, of, allow) => {
  const { get, sent } = create({ 'https://github.example/raw': location }, [...allow])
  await expect(get(of)).rejects.toMatchObject({
    code: 'outgoing.redirected',
    remedy: 'If that is right, set the url to the one to which it redirects.',
  })
  expect(sent).toHaveLength(1)
})

it('a server inside that is not allowed is refused by its address', async () => {
  const { get, sent } = create({ 'https://github.example/raw': 'https://inside.example/' })
  await expect(get()).rejects.toMatchObject({ code: 'outgoing.forbidden' })
  expect(sent).toHaveLength(1)
})

it('who has left does not come inside by the next step', async () => {
  const { get, sent } = create(
    {
      'https://github.example/raw': 'https://raw.example/list',
      'https://raw.example/list': 'https://inside.example/',
    },
    ['inside.example'],
  )
  await expect(get()).rejects.toMatchObject({
    message: 'raw.example redirects to inside.example, which is not followed.',
  })
  expect(sent).toHaveLength(2)
})

it('three steps are followed, and no more', async () => {
  const url = (n: number) => `https://${n % 2 ? 'raw' : 'github'}.example/${n}`
  const steps = (n: number) =>
    Object.fromEntries(Array.from({ length: n }, (_, i) => [url(i), url(i + 1)]))
  const three = create(steps(3))
  expect((await three.get({ url: url(0) })).status).toBe(200)
  const four = create(steps(4))
  await expect(four.get({ url: url(0) })).rejects.toMatchObject({ code: 'outgoing.redirected' })
  expect([three.sent.length, four.sent.length]).toEqual([4, 4])
})
