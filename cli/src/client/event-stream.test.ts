/** A stream that breaks. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { eventStream } from './event-stream.ts'
import { startFakeServer, type FakeServer } from './fake-server.ts'
import { flowStreamUrl } from './flows.ts'

let server: FakeServer
let leaving: AbortController
let said: string[]
const notices = { lost: () => said.push('lost'), back: () => said.push('back') }
const open = () => eventStream(flowStreamUrl(server.url, { state: 'all' }), leaving.signal, notices)

beforeEach(async () => {
  server = await startFakeServer()
  leaving = new AbortController()
  said = []
})
afterEach(async () => {
  leaving.abort()
  await server.close()
})

test('goes on when the server is there again', async () => {
  const stream = open()
  expect((await stream.next()).value).toContain('"total":0')
  const again = stream.next()
  server.breakOff()
  expect((await again).value).toContain('"total":0')
  expect(said).toEqual(['lost', 'back'])
})

test('ends when it is told to, also while it waits', async () => {
  const stream = open()
  await stream.next()
  const next = stream.next()
  leaving.abort()
  expect(await next).toEqual({ done: true, value: undefined })
})

test('fails when the server is not there at first', async () => {
  await server.close()
  await expect(open().next()).rejects.toMatchObject({ code: 'client.unreachable' })
})

test('fails when the server refuses, with what it says', async () => {
  server.breakOff(400)
  await expect(open().next()).rejects.toMatchObject({
    status: 400,
    message: 'Parameter x: it is unknown',
    remedy: 'Allowed: y.',
  })
})

test('fails when the server refuses later', async () => {
  const stream = open()
  await stream.next()
  const next = stream.next()
  server.breakOff(403)
  await expect(next).rejects.toMatchObject({ status: 403 })
  expect(said).toEqual(['lost'])
})
