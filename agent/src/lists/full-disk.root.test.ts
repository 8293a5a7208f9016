/** The lists on a disk that is full, and that has room again. */
import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createListsRig, entry } from './lists-rig.ts'

let rig: ReturnType<typeof createListsRig>
beforeEach(() => {
  rig = createListsRig()
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'netscope-test', rig.folder])
})
afterEach(async () => {
  await rig.close().catch(() => undefined)
  execFileSync('umount', ['-l', rig.folder])
  rmSync(rig.folder, { recursive: true, force: true })
})

test('what cannot be saved is said, is in force, and is saved when there is room', async () => {
  const filler = rig.file('filler')
  writeFileSync(filler, Buffer.alloc(200 * 1024))
  const { lists, inForce } = await rig.open()
  let saved = 0
  const addAll = async () => {
    for (; saved < 900; saved++)
      await lists.add('deny', [entry(`10.0.${saved >> 8}.${saved & 255}`)])
  }
  await expect(addAll()).rejects.toMatchObject({ code: 'list.not-saved' })
  expect(lists.degraded().join()).toMatch(/cannot be saved: ENOSPC/)
  expect(inForce('deny')).toHaveLength(saved + 1)

  rmSync(filler)
  await vi.waitFor(() => expect(lists.degraded()).toEqual([]), { timeout: 40_000, interval: 100 })
  await lists.add('deny', [entry('192.0.2.1')])
  const again = await rig.reopen()
  expect(again.lists.degraded()).toEqual([])
  expect(again.inForce('deny')).toEqual(inForce('deny'))
}, 120_000)
