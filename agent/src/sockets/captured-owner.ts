/** What the kernel captured of a socket's owner, in the owner's own context (`struct socket_owner` of bpf/socket.h). */
import { readU64 } from '../flows/slot-words.ts'
import { COMMAND_BYTES, OWNER, SOCKET, SOCKET_WORDS } from './socket-slot.ts'

export interface CapturedOwner {
  pid: number
  uid: number
  /** Name of the thread that made the call. */
  command: string
  /** It is not the first thread of the process, whose name is that of the process. */
  isThread: boolean
  /** Inode of the folder in the v2 hierarchy. */
  cgroupId: bigint
  /** CLOCK_MONOTONIC. */
  capturedNs: number
}

const decoder = new TextDecoder()

const NETNS = (SOCKET.owner + OWNER.netnsCookie) / 4

/** Cookie of the network namespace of the socket in a row; 0 where it is not known (before Linux 5.15). */
export const capturedNetns = (words: Uint32Array, row: number): bigint => {
  const at = row * SOCKET_WORDS + NETNS
  return (BigInt(words[at + 1]!) << 32n) | BigInt(words[at]!)
}

/** Owner of the socket in a row; undefined where none was captured (a socket older than the programs). */
export const capturedOwner = (words: Uint32Array, row: number): CapturedOwner | undefined => {
  const at = row * SOCKET_WORDS + SOCKET.owner / 4
  const pid = words[at + OWNER.pid / 4]!
  if (pid === 0) return undefined
  const bytes = new Uint8Array(
    words.buffer,
    words.byteOffset + 4 * at + OWNER.command,
    COMMAND_BYTES,
  )
  const end = bytes.indexOf(0)
  const cgroup = at + OWNER.cgroupId / 4
  return {
    pid,
    uid: words[at + OWNER.uid / 4]!,
    isThread: words[at + OWNER.thread / 4]! !== pid,
    // A copy: a decoder takes no memory that others write to.
    command: decoder.decode(bytes.slice(0, end < 0 ? COMMAND_BYTES : end)),
    cgroupId: (BigInt(words[cgroup + 1]!) << 32n) | BigInt(words[cgroup]!),
    capturedNs: readU64(words, at + OWNER.capturedNs / 4),
  }
}
