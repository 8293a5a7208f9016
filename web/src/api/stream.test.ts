/** Subscriptions that lose their server come back by themselves and say why they are away. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createStream, type StreamState } from './stream.ts'

const CLOSED = 2

class FakeEventSource extends EventTarget {
  static readonly CLOSED = CLOSED
  static all: FakeEventSource[] = []
  readyState = 0
  readonly url: string

  constructor(url: string) {
    super()
    this.url = url
    FakeEventSource.all.push(this)
  }
  close() {
    this.readyState = CLOSED
  }
  say(name: string, data = '') {
    this.dispatchEvent(new MessageEvent(name, { data }))
  }
}

const latest = () => FakeEventSource.all.at(-1) as FakeEventSource

const stream = (more: { silenceMs?: number; explainUrl?: string } = {}) => {
  const states: StreamState[] = []
  const heard: string[] = []
  const config = { url: '/s', on: { tick: (data: string) => heard.push(data) }, ...more }
  const made = createStream({ ...config, onState: (state) => states.push(state) })
  return { ...made, heard, phase: () => states.at(-1) }
}

beforeEach(() => {
  FakeEventSource.all = []
  vi.stubGlobal('EventSource', FakeEventSource)
  vi.useFakeTimers()
})

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

it('is inert until it is started, and hears named events', () => {
  const { start, stop, heard, phase } = stream()
  expect(FakeEventSource.all).toHaveLength(0)
  start()
  expect(phase()).toEqual({ phase: 'connecting' })
  latest().say('open')
  latest().say('tick', '1')
  expect(heard).toEqual(['1'])
  expect(phase()).toEqual({ phase: 'open' })
  stop()
  expect(latest().readyState).toBe(CLOSED)
})

it('tries again ever more slowly, and at once again after it was heard', () => {
  const { start, phase } = stream()
  start()
  for (const [count, ms] of [500, 1000, 2000, 4000, 4000].entries()) {
    latest().say('error')
    expect(phase()?.phase).toBe('retrying')
    vi.advanceTimersByTime(ms - 1)
    expect(FakeEventSource.all).toHaveLength(count + 1)
    vi.advanceTimersByTime(1)
    expect(FakeEventSource.all).toHaveLength(count + 2)
  }
  latest().say('open')
  latest().say('error')
  vi.advanceTimersByTime(500)
  expect(FakeEventSource.all).toHaveLength(7)
})

it('takes a stream that should tick for dead when it is silent', () => {
  const { start, phase } = stream({ silenceMs: 6000 })
  start()
  latest().say('open')
  vi.advanceTimersByTime(5999)
  latest().say('tick')
  vi.advanceTimersByTime(5999)
  expect(phase()?.phase).toBe('open')
  vi.advanceTimersByTime(1)
  expect(phase()).toEqual({ phase: 'retrying', reason: 'The server went silent.' })
})

it('asks why it was refused and repeats the words of the server', async () => {
  const problem = { status: 400, detail: 'q: too long.', remedy: 'Shorten it.' }
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify(problem), { status: 400 }))
  const { start, phase } = stream({ explainUrl: '/api/v1/flows?q=x' })
  start()
  latest().close()
  latest().say('error')
  await vi.waitFor(() => expect(phase()?.phase).toBe('retrying'), 15_000)
  expect(phase()?.reason).toBe('q: too long. Shorten it.')
})

it('says that streams may be used up when only the stream is refused', async () => {
  vi.stubGlobal('fetch', async () => new Response('{}'))
  const { start, phase } = stream({ explainUrl: '/health' })
  start()
  latest().close()
  latest().say('error')
  await vi.waitFor(() => expect(phase()?.phase).toBe('retrying'), 15_000)
  expect(phase()?.reason).toMatch(/opens no further stream/)
})

it('does not come back after it was stopped', () => {
  const { start, stop } = stream()
  start()
  latest().say('error')
  stop()
  vi.advanceTimersByTime(10_000)
  expect(FakeEventSource.all).toHaveLength(1)
})
