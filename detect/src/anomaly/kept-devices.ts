/** What was learned of devices and their classes, as texts that are kept over a restart. */
import type { BoundedMap } from '../bounded-map.ts'
import type { Learned, LearnedChange } from '../detector.ts'
import { hashText } from '../hash-text.ts'
import { createBaseline, MAX_WINDOWS, type Baseline } from './baseline.ts'
import type { DeviceTable, LearnedDevice } from './device-table.ts'
import { createPeerMemory, PEER_MEMORY_BYTES } from './peer-memory.ts'
import { WINDOW_COLUMNS } from './window-columns.ts'

/** Windows of five minutes after which what goes on learning is kept again: an hour. */
const AGAIN = 12
/** With 0.2 MB at most each: what is told at once must hold up nobody. */
const MOST_AT_ONCE = 32
/** No address begins so. */
const CLASS = 'class '
const CLASS_SEED = 7

export interface KeptDevices {
  /** Takes up what was kept; what is damaged is left out. */
  restore(learned: Learned): void
  /** Detector.learned; `window`: number of the one that is being counted. */
  changes(window: number, all: boolean): Iterable<LearnedChange>
}

interface DeviceText {
  agent: string
  isHome: boolean
  seen: number
  /** Base64: of PeerMemory. */
  peers: string
  /** Base64: float32, little-endian, windows one after the other. */
  windows: string
}

export const classBaseline = (needed: number, taught?: Float32Array): Baseline =>
  createBaseline(CLASS_SEED, needed, taught)

const windowsText = (baseline: Baseline): string =>
  Buffer.from(baseline.windows().buffer).toString('base64')

/** Undefined: damaged. */
const windowsOf = (text: unknown): Float32Array | undefined => {
  const bytes = Uint8Array.from(Buffer.from(String(text), 'base64'))
  const rows = bytes.length / (4 * WINDOW_COLUMNS.length)
  if (!Number.isInteger(rows) || rows > MAX_WINDOWS) return undefined
  const windows = new Float32Array(bytes.buffer)
  return windows.every(Number.isFinite) ? windows : undefined
}

const deviceText = ({ agent, isHome, seen, known, baseline }: LearnedDevice): string => {
  const peers = Buffer.from(known.bytes()).toString('base64')
  const text: DeviceText = { agent, isHome, seen, peers, windows: windowsText(baseline) }
  return JSON.stringify(text)
}

const deviceOf = (address: string, text: string, needed: number): LearnedDevice | undefined => {
  const { agent, isHome, seen, peers, windows } = JSON.parse(text) as Partial<DeviceText>
  const taught = windowsOf(windows)
  const known = Uint8Array.from(Buffer.from(String(peers), 'base64'))
  if (!taught || known.length !== PEER_MEMORY_BYTES) return undefined
  if (typeof agent !== 'string' || !Number.isInteger(seen)) return undefined
  return {
    address,
    agent,
    isHome: isHome === true,
    known: createPeerMemory(known),
    window: undefined,
    seen: Number(seen),
    baseline: createBaseline(hashText(address) >>> 0, needed, taught),
  }
}

export const createKeptDevices = (
  devices: DeviceTable,
  classes: BoundedMap<string, Baseline>,
  needed: number,
): KeptDevices => {
  /** Window before which each was kept last, by key. */
  const kept = new Map<string, number>()

  const isDue = (key: string, window: number, all: boolean): boolean => {
    const last = kept.get(key)
    return last === undefined || (window > last && (all || window - last >= AGAIN))
  }

  const restoreClass = (key: string, text: string): void => {
    const taught = windowsOf(text)
    if (taught) classes.set(key.slice(CLASS.length), classBaseline(needed, taught))
  }

  const restoreDevice = (address: string, text: string): void => {
    const device = deviceOf(address, text, needed)
    if (!device) return
    devices.restore(device)
    kept.set(address, device.seen)
  }

  function* changed(window: number, all: boolean): Iterable<[string, () => string]> {
    for (const device of devices.all()) {
      const { address, baseline, seen } = device
      if (baseline.learned > 0 && seen > (kept.get(address) ?? -1) && isDue(address, window, all))
        yield [address, () => deviceText(device)]
    }
    for (const [name, baseline] of classes.entries())
      if (isDue(CLASS + name, window, all)) yield [CLASS + name, () => windowsText(baseline)]
  }

  return {
    restore(learned) {
      for (const [key, text] of learned)
        if (key.startsWith(CLASS)) restoreClass(key, text)
        else restoreDevice(key, text)
    },
    *changes(window, all) {
      for (const key of kept.keys()) {
        if (key.startsWith(CLASS) || devices.get(key)) continue
        kept.delete(key)
        yield [key, undefined]
      }
      let told = 0
      for (const [key, text] of changed(window, all)) {
        if (++told > MOST_AT_ONCE && !all) return
        // The window that is being counted is not learned yet.
        kept.set(key, window - 1)
        yield [key, text()]
      }
    },
  }
}
