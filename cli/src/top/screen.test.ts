/** The terminal is given back as it was. */
import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { createScreen } from './screen.ts'

class FakeInput extends EventEmitter {
  isTTY = true
  isRaw = false
  isPaused = true
  setRawMode(isRaw: boolean) {
    this.isRaw = isRaw
    return this as never
  }
  resume() {
    this.isPaused = false
    return this as never
  }
  pause() {
    this.isPaused = true
    return this as never
  }
}
class FakeOutput extends EventEmitter {
  columns = 80
  rows = 24
  written = ''
  write(text: string) {
    this.written += text
    return true
  }
}

const make = () => {
  const [input, output] = [new FakeInput(), new FakeOutput()]
  return { input, output, screen: createScreen(input as never, output as never) }
}

test('takes the alternate screen and the keys, and gives both back once', () => {
  const { input, output, screen } = make()
  const exitListeners = process.listenerCount('exit')
  screen.open(
    () => undefined,
    () => undefined,
  )
  expect([input.isRaw, input.isPaused]).toEqual([true, false])
  expect(output.written).toBe('\u001b[?1049h\u001b[?25l')
  screen.close()
  screen.close()
  expect([input.isRaw, input.isPaused, input.listenerCount('data')]).toEqual([false, true, 0])
  expect(output.written.endsWith('\u001b[?25h\u001b[?1049l')).toBe(true)
  expect(output.written.split('1049l')).toHaveLength(2)
  expect([process.listenerCount('exit'), output.listenerCount('resize')]).toEqual([
    exitListeners,
    0,
  ])
})

test('hears keys, but not arrow keys', () => {
  const { input, screen } = make()
  const keys: string[] = []
  screen.open(
    (key) => keys.push(key),
    () => undefined,
  )
  for (const typed of ['p', '\u001b[A', 'es', '\u001b[15~q', '\u0003'])
    input.emit('data', Buffer.from(typed))
  screen.close()
  expect(keys).toEqual(['p', 'e', 's', 'q', '\u0003'])
})

test('draws over what was there', () => {
  const { output, screen } = make()
  screen.draw(['a', 'b'])
  expect(output.written).toBe('\u001b[Ha\u001b[K\r\nb\u001b[K\u001b[J')
})

test('works where only the output is a terminal', () => {
  const { input, screen } = make()
  input.isTTY = false
  screen.open(
    () => undefined,
    () => undefined,
  )
  screen.close()
  expect([input.isRaw, input.isPaused]).toEqual([false, true])
})
