/** Captures that run: from the agent's frames to whoever asked, at the pace of the reader. */
import { Readable } from 'node:stream'
import { NetscopeError } from '@netscope/core/errors.ts'
import { CAPTURE_HEADER_BYTES, CAPTURE_WINDOW_BYTES } from '@netscope/core/wire.ts'
import type { CaptureFilter, CaptureLimits } from '@netscope/core/wire.ts'
import type { Logger } from 'pino'
import type { Agent } from '../agents.ts'
import type { Commands } from '../commands.ts'

export interface RunningCapture {
  id: number
  /** The file, as it comes; destroying it stops the capture. */
  file: Readable
}

export interface Captures {
  readonly count: number
  /** Resolves when packets are being captured. Rejects with `agent.*`, or what the agent answered: `capture.*`. */
  open(agent: Agent, filter: CaptureFilter, limits: CaptureLimits): Promise<RunningCapture>
  /** No further packet; the file ends in good order. Rejects with `capture.not-found`. */
  stop(id: number): Promise<void>
  /** Takes in the payload of a frame; returns what is wrong with it, if anything is. */
  take(agent: string, payload: Uint8Array): string | undefined
  /** The agent is away: its files end where they are. */
  abandon(agent: string): void
  stopAll(): void
}

/** The reader is told of in steps: a command to the agent for each. */
const STEP_BYTES = CAPTURE_WINDOW_BYTES / 4
/** What an agent that keeps to the window sends at most, the end of the file included. */
const MOST_WAITING_BYTES = 2 * CAPTURE_WINDOW_BYTES

interface Open {
  agent: Agent
  file: Readable
  receivedBytes: number
  toldBytes: number
  isOver: boolean
}

export const createCaptures = ({
  commands,
  log,
}: {
  commands: Pick<Commands, 'send'>
  log: Logger
}): Captures => {
  const open = new Map<number, Open>()
  let lastId = 0

  /** The agent may have gone, or ended the capture, meanwhile. */
  const tell = (agent: Agent, body: Parameters<Commands['send']>[1]): void => {
    commands.send(agent, body).catch((err: unknown) => {
      log.debug({ err, agent: agent.name }, 'a command of a capture failed')
    })
  }

  const tellTaken = (id: number, one: Open): void => {
    const takenBytes = one.receivedBytes - one.file.readableLength
    if (one.isOver || takenBytes - one.toldBytes < STEP_BYTES) return
    one.toldBytes = takenBytes
    tell(one.agent, { name: 'capture.more', capture: id, takenBytes })
  }

  const begin = (id: number, agent: Agent): Open => {
    const file = new Readable({
      highWaterMark: STEP_BYTES,
      read: () => tellTaken(id, one),
      destroy: (error, done) => {
        open.delete(id)
        if (!one.isOver) {
          tell(agent, { name: 'capture.stop', capture: id })
          // Nobody reads on: what it still has must not wait for a window.
          tell(agent, { name: 'capture.more', capture: id, takenBytes: Number.MAX_SAFE_INTEGER })
        }
        one.isOver = true
        done(error)
      },
    })
    const one: Open = { agent, file, receivedBytes: 0, toldBytes: 0, isOver: false }
    open.set(id, one)
    return one
  }

  return {
    get count() {
      return open.size
    },
    async open(agent, filter, limits) {
      const id = ++lastId
      // Before the command: its first bytes may come with the answer.
      const one = begin(id, agent)
      try {
        await commands.send(agent, { name: 'capture.start', capture: id, filter, limits })
      } catch (error) {
        const isUnheard = error instanceof NetscopeError && error.code === 'agent.timeout'
        one.isOver = !isUnheard // else it may run
        one.file.destroy()
        throw error
      }
      return { id, file: one.file }
    },
    async stop(id) {
      const one = open.get(id)
      if (!one || one.isOver) throw new NetscopeError('capture.not-found', { capture: id })
      await commands.send(one.agent, { name: 'capture.stop', capture: id })
    },
    take(agent, payload) {
      if (payload.length < CAPTURE_HEADER_BYTES) return 'a capture without a number'
      const id = new DataView(payload.buffer, payload.byteOffset).getUint32(0, true)
      const one = open.get(id)
      if (!one || one.isOver || one.agent.name !== agent) return undefined
      const length = payload.length - CAPTURE_HEADER_BYTES
      if (length === 0) {
        one.isOver = true
        one.file.push(null)
        return undefined
      }
      if (one.file.readableLength + length > MOST_WAITING_BYTES)
        return 'a capture beyond what its reader has taken'
      one.receivedBytes += length
      one.file.push(Buffer.from(payload.subarray(CAPTURE_HEADER_BYTES)))
      return undefined
    },
    abandon(agent) {
      for (const one of open.values()) {
        if (one.agent.name !== agent || one.isOver) continue
        one.isOver = true
        one.file.destroy(new NetscopeError('agent.away'))
      }
    },
    stopAll() {
      for (const { file } of open.values()) file.destroy()
    },
  }
}
