/** The page of settings that we share with the kernel program: `struct control` of bpf/flow.h. */
import { CONTROL } from '@netscope/core/slot.ts'

export interface Control {
  /** Makes every cached verdict stale: call after any change of a list. */
  nextListGeneration(): void
  /**
   * Call every half second. Two CPUs that judge one flow during a change can leave the verdict of the one
   * with the generation of the other: the generation moves on twice more after the last change.
   */
  settleListGeneration(): void
  setListEntries(list: 'allow' | 'deny' | 'pinned' | 'limits', entries: number): void
  /** Whether the senders of dropped TCP segments of established connections are told so (bpf/reset.h). */
  setResets(on: boolean): void
  watch(on: boolean, eventsPer10ms: number): void
  /** Whole packets (bpf/capture.h). */
  capture(on: boolean): void
  setSshPorts(ports: readonly number[]): void
  setQuietPort(port: number): void
  /** Frames of each kind per CPU; 0: none. */
  observe(per10ms: number, http: boolean, hopsPer10ms?: number): void
  /** Slots [0, handedOut) have been in use since start. */
  handedOut(): number
  setFreeTail(tail: number): void
}

const MAX_SSH_PORTS = 8
const ENTRIES_OF = {
  allow: CONTROL.allowEntries,
  deny: CONTROL.denyEntries,
  pinned: CONTROL.pinnedEntries,
  limits: CONTROL.limitEntries,
}
/** Bits of `watch`. */
const WATCH_EVENTS = 1
const WATCH_CAPTURE = 2

/** `page` is the mapped .bss; list generation 0 means "no verdict yet", so it starts at 1. */
export const createControl = (page: Uint8Array): Control => {
  const words = new Uint32Array(page.buffer, page.byteOffset, page.byteLength >> 2)
  const halves = new Uint16Array(page.buffer, page.byteOffset, page.byteLength >> 1)
  const store = (offset: number, value: number) => void Atomics.store(words, offset >> 2, value)
  store(CONTROL.listGen, 1)
  const setWatch = (bit: number, on: boolean) =>
    void (on
      ? Atomics.or(words, CONTROL.watch >> 2, bit)
      : Atomics.and(words, CONTROL.watch >> 2, ~bit))
  let unsettled = 0
  const moveOn = () => {
    if ((Atomics.add(words, CONTROL.listGen >> 2, 1) + 1) >>> 0 === 0) store(CONTROL.listGen, 1)
  }
  return {
    nextListGeneration: () => {
      moveOn()
      unsettled = 2
    },
    settleListGeneration: () => {
      if (unsettled === 0) return
      moveOn()
      unsettled--
    },
    setListEntries: (list, entries) => store(ENTRIES_OF[list], entries),
    setResets: (on) => store(CONTROL.resets, on ? 1 : 0),
    watch: (on, eventsPer10ms) => {
      store(CONTROL.eventsPer10ms, eventsPer10ms)
      setWatch(WATCH_EVENTS, on)
    },
    capture: (on) => setWatch(WATCH_CAPTURE, on),
    setSshPorts: (ports) => {
      for (let i = 0; i < MAX_SSH_PORTS; i++) halves[(CONTROL.sshPorts >> 1) + i] = ports[i] ?? 0
    },
    setQuietPort: (port) => {
      halves[CONTROL.quietPort >> 1] = port
    },
    observe: (per10ms, http, hopsPer10ms = 0) => {
      halves[CONTROL.observeHttp >> 1] = http ? 1 : 0
      store(CONTROL.observePer10ms, per10ms)
      store(CONTROL.hopsPer10ms, Math.min(per10ms, hopsPer10ms))
    },
    handedOut: () => Atomics.load(words, CONTROL.handedOut >> 2),
    setFreeTail: (tail) => store(CONTROL.freeTail, tail >>> 0),
  }
}
