/** Tests of a body that many clients share. */
import { expect, test } from 'vitest'
import { setImmediate as turn } from 'node:timers/promises'
import { MAX_WAITING_BYTES } from './event-stream.ts'
import { createSharedStream } from './shared-stream.ts'

const sink = (waiting = 0) => {
  const texts: string[] = []
  return {
    texts,
    write: (bytes: Buffer | string) => void texts.push(bytes.toString()),
    waitingBytes: () => waiting,
  }
}

const create = () => {
  const made: string[] = []
  const errors: unknown[] = []
  const make = async (query: string): Promise<string> => {
    made.push(query)
    if (query === 'bad') throw new Error('no')
    return JSON.stringify(query)
  }
  return { made, errors, stream: createSharedStream('x', make, (error) => errors.push(error)) }
}

test('sends the first body at once, and then makes each body once per tick', async () => {
  const { stream, made } = create()
  const [a, b, c] = [sink(), sink(), sink()]
  stream.add(a, 'one', 'one')
  stream.add(b, 'one', 'one')
  stream.add(c, 'two', 'two')
  await turn()
  expect(a.texts).toEqual(['event: x\ndata: "one"\n\n'])
  made.length = 0
  stream.tick()
  await turn()
  expect(made).toEqual(['one', 'two'])
  expect([a, b, c].map(({ texts }) => texts.length)).toEqual([2, 2, 2])
})

test('stops making what nobody listens to', async () => {
  const { stream, made } = create()
  const remove = stream.add(sink(), 'one', 'one')
  await turn()
  remove()
  made.length = 0
  stream.tick()
  await turn()
  expect(made).toEqual([])
})

test('skips a client that is too slow', async () => {
  const { stream } = create()
  const slow = sink(MAX_WAITING_BYTES + 1)
  stream.add(slow, 'one', 'one')
  stream.tick()
  await turn()
  expect(slow.texts).toEqual([])
})

test('reports an error and goes on with the next tick', async () => {
  const { stream, errors } = create()
  const good = sink()
  const remove = stream.add(sink(), 'bad', 'bad')
  stream.tick()
  await turn()
  expect(errors).toHaveLength(2)
  remove()
  stream.add(good, 'one', 'one')
  await turn()
  stream.tick()
  await turn()
  expect(good.texts).toHaveLength(2)
})
