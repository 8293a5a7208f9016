/**
 * The devices whose traffic is learned, with bounded memory: an address that has shown only few windows has its place in
 * a small table, where the least recently used one makes room; one that has been there for an hour cannot be pushed out by addresses that
 * come and go, as in a flood with forged ones.
 */
import { createBoundedMap } from '../bounded-map.ts'
import { hashText } from '../hash-text.ts'
import { createBaseline, type Baseline } from './baseline.ts'
import { createPeerMemory, type PeerMemory } from './peer-memory.ts'
import { createTrafficWindow, type TrafficWindow } from './traffic-window.ts'

export interface LearnedDevice {
  readonly address: string
  /** Whose records count: two agents would count a flow twice. */
  agent: string
  /** That agent runs on the device itself, and sees all of its traffic. */
  isHome: boolean
  readonly known: PeerMemory
  /** Undefined as long as the device is silent. */
  window: TrafficWindow | undefined
  /** Number of the last window with traffic. */
  seen: number
  readonly baseline: Baseline
}

export interface DeviceTable {
  get(address: string): LearnedDevice | undefined
  /** Whether another one may be added: not if it would push out one with traffic in this very window. */
  hasPlace(window: number): boolean
  add(address: string, agent: string, window: number): LearnedDevice
  /** Takes up a device as it was before a restart. */
  restore(device: LearnedDevice): void
  all(): Iterable<LearnedDevice>
  /** Gives the devices that had traffic in the window to `take`, and begins the next one. */
  close(window: number, take: (device: LearnedDevice, counted: TrafficWindow) => void): void
}

const NEWCOMERS = 256
/** Windows with traffic that make a regular of a newcomer. */
const REGULAR = 12
/** Windows without traffic (a day) after which a regular makes room for another. */
const ABSENT = 288

export const createDeviceTable = (most: number, neededWindows: number): DeviceTable => {
  const newcomers = createBoundedMap<string, LearnedDevice>(NEWCOMERS)
  const regulars = new Map<string, LearnedDevice>()
  /** The last window in which all newcomers had traffic. */
  let busyWindow = -1

  /** Whether a place is free, if need be by taking it from who has been away longest. */
  const hasRoom = (window: number): boolean => {
    if (regulars.size < most) return true
    let oldest: LearnedDevice | undefined
    for (const device of regulars.values())
      if (!oldest || device.seen < oldest.seen) oldest = device
    if (!oldest || oldest.seen > window - ABSENT) return false
    return regulars.delete(oldest.address)
  }

  function* all(): Iterable<LearnedDevice> {
    yield* regulars.values()
    for (const [, device] of newcomers.entries()) yield device
  }

  const closeAll = (
    devices: Iterable<LearnedDevice>,
    take: (device: LearnedDevice, counted: TrafficWindow) => void,
  ): void => {
    for (const device of devices) {
      const counted = device.window
      device.window = undefined
      if (counted) take(device, counted)
      else device.isHome = false
    }
  }

  return {
    all,
    restore(device) {
      const isRegular = device.baseline.learned >= REGULAR && regulars.size < most
      if (isRegular) regulars.set(device.address, device)
      else newcomers.set(device.address, device)
    },
    get: (address) => regulars.get(address) ?? newcomers.get(address),
    hasPlace(window) {
      if (newcomers.size < NEWCOMERS) return true
      if (window === busyWindow) return false
      for (const [, oldest] of newcomers.entries()) {
        if (oldest.seen < window) return true
        break
      }
      busyWindow = window
      return false
    },
    add(address, agent, window) {
      const device: LearnedDevice = {
        address,
        agent,
        isHome: false,
        known: createPeerMemory(),
        window: undefined,
        seen: window,
        baseline: createBaseline(hashText(address) >>> 0, neededWindows),
      }
      newcomers.set(address, device)
      return device
    },
    close(window, take) {
      closeAll(regulars.values(), take)
      const rest = [...newcomers.entries()].map(([, device]) => device)
      closeAll(rest, take)
      for (const device of rest) {
        if (device.baseline.learned < REGULAR || !hasRoom(window)) continue
        newcomers.delete(device.address)
        regulars.set(device.address, device)
      }
    },
  }
}

/** The window that the device's traffic goes to now. */
export const currentWindow = (device: LearnedDevice, number: number): TrafficWindow => {
  device.seen = number
  device.window ??= createTrafficWindow(device.known)
  return device.window
}
