/** Tests of the settings page that the kernel program reads. */
import { expect, it } from 'vitest'
import { CONTROL } from '@netscope/core/slot.ts'
import { createControl } from './control.ts'

const newControl = () => {
  const page = new Uint8Array(4096)
  const control = createControl(page)
  const words = new Uint32Array(page.buffer)
  return { control, words, generation: () => words[CONTROL.listGen >> 2] }
}

it('moves the list generation on at a change, twice more afterwards, and then no more', () => {
  const { control, generation } = newControl()
  control.settleListGeneration()
  expect(generation()).toBe(1)
  control.nextListGeneration()
  expect(generation()).toBe(2)
  for (let i = 0; i < 5; i++) control.settleListGeneration()
  expect(generation()).toBe(4)
})

it('skips generation 0, which means no verdict yet', () => {
  const { control, words, generation } = newControl()
  words[CONTROL.listGen >> 2] = 0xffffffff
  control.nextListGeneration()
  expect(generation()).toBe(1)
})
