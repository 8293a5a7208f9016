/** Captures by the kernel program (bpf/capture.h): the ring is made for each, and exists only as long. */
import type { CapturedPacket } from '../capture/captured-packet.ts'
import type { OpenKernelTap, PacketTap, TapCounts } from '../capture/packet-tap.ts'
import type { BpfObject } from './bpf-object.ts'
import type { Control } from './control.ts'
import { createRing } from './event-ring.ts'
import * as libbpf from './libbpf.ts'
import { readPerCpu } from './per-cpu.ts'

/** BPF_MAP_TYPE_RINGBUF */
const RINGBUF = 27
const COUNTERS = 2
const ZERO = Buffer.alloc(4)

/** `usualBytes` of its ring: a power of two and a multiple of the page size. */
export const createPacketTap = (
  object: BpfObject,
  control: Pick<Control, 'capture'>,
  usualBytes: number,
): PacketTap => {
  const countersFd = object.mapFd('capture_counters')

  const interfaces = (): Buffer[] => {
    const keys: Buffer[] = []
    let next = Buffer.alloc(4)
    while ((libbpf.nextKey(countersFd, keys.at(-1) ?? null, next) as number) === 0) {
      keys.push(next)
      next = Buffer.alloc(4)
    }
    return keys
  }

  const counts = (): TapCounts[] =>
    interfaces().map((key) => {
      const [accepted = 0, lost = 0] = readPerCpu(countersFd, key, COUNTERS) ?? []
      return { ifindex: key.readUInt32LE(0), accepted, lost }
    })

  const makeRing = (ringBytes: number): number => {
    const fd: number = libbpf.createMap(RINGBUF, 'netscope_capt', 0, 0, ringBytes, null)
    if (fd >= 0) return fd
    throw new Error(`a ring of ${ringBytes} bytes cannot be made: ${libbpf.errorName(fd)}`)
  }

  /** Both calls wait until no program reads the map as it was (synchronize_rcu): some milliseconds. */
  const showRing = (fd: number): void => {
    const value = Buffer.alloc(4)
    value.writeInt32LE(fd)
    const result: number = libbpf.updateElement(object.mapFd('capture_rings'), ZERO, value, 0)
    if (result < 0) throw new Error(`the ring is refused: ${libbpf.errorName(result)}`)
  }
  const hideRing = () => void libbpf.deleteElement(object.mapFd('capture_rings'), ZERO)

  return {
    open: (filter, ringBytes = usualBytes): OpenKernelTap => {
      for (const key of interfaces()) libbpf.deleteElement(countersFd, key)
      const refilter = (given: Uint8Array) =>
        void libbpf.updateElement(object.mapFd('capture_filter'), ZERO, given, 0)
      refilter(filter)
      const fd = makeRing(ringBytes)
      const ring = createRing(fd, ringBytes)
      let isOpen = true
      let isFree = false
      const close = () => {
        if (!isOpen) return
        isOpen = false
        control.capture(false)
        hideRing()
      }
      const free = () => {
        close()
        if (isFree) return
        isFree = true
        ring.unmap()
        libbpf.closeFd(fd)
      }
      try {
        showRing(fd)
      } catch (error) {
        free()
        throw error
      }
      control.capture(true)
      return {
        refilter,
        drain: (visit) => {
          // One for all of them: there may be a million in a second.
          let packet: CapturedPacket | undefined
          ring.drain((words, at) => {
            packet ??= { view: new DataView(words.buffer), at: 0 }
            packet.at = words.byteOffset + 4 * at
            return visit(packet)
          })
          return false
        },
        fill: () => ring.waitingBytes() / ringBytes,
        counts,
        close,
        free,
      }
    },
  }
}
