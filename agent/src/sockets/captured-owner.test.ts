/** Owners as the kernel has captured them. */
import { describe, expect, it } from 'vitest'
import { capturedOwner } from './captured-owner.ts'
import { createFakeSocketTable, type FakeSocket } from './fake-socket-table.ts'

const ownerOf = (socket: Partial<FakeSocket>) => {
  const table = createFakeSocketTable(3)
  table.open()
  return capturedOwner(new Uint32Array(table.slots.buffer), table.open(socket))
}

describe('a captured owner', () => {
  it('has pid, user, command and cgroup', () => {
    expect(
      ownerOf({ pid: 4_000_000_000, uid: 1000, command: 'curl', cgroupId: (3n << 32n) | 4n }),
    ).toEqual({
      pid: 4_000_000_000,
      uid: 1000,
      command: 'curl',
      isThread: false,
      cgroupId: (3n << 32n) | 4n,
      capturedNs: 0,
    })
  })

  it('is known to be a thread but the first', () => {
    expect(ownerOf({ pid: 10, thread: 11 })).toMatchObject({ pid: 10, isThread: true })
  })

  it('may have a command without an end, or of bytes that are no text', () => {
    expect(ownerOf({ command: 'sixteen-bytes-xy' })?.command).toBe('sixteen-bytes-xy')
    const table = createFakeSocketTable(1)
    table.open()
    table.slots.fill(0xff, 128 + 32, 128 + 48)
    const words = new Uint32Array(table.slots.buffer)
    expect(capturedOwner(words, 0)?.command).toBe('\uFFFD'.repeat(16))
  })

  it('is unknown without a pid', () => {
    expect(ownerOf({ pid: 0 })).toBeUndefined()
  })
})
