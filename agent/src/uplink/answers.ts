/** Executes the server's commands, a bounded number at a time, and sends the replies. */
import { encodeJsonFrame, parseJsonPayload } from '@netscope/core/frame.ts'
import { FRAME, type Reply } from '@netscope/core/wire.ts'
import type { ServerLink } from './server-link.ts'

export interface AnswersDeps {
  link: ServerLink
  nextSeq(): number
  /** Executes a command, unchecked JSON; must not reject. */
  onCommand(command: unknown): Promise<Reply>
}

/** While so many are under way, no further one is read. */
const MAX_AT_ONCE = 64

/** A function that takes the payload of a command. */
export const createAnswers = ({ link, nextSeq, onCommand }: AnswersDeps) => {
  let underWay = 0

  const encodeReply = (seq: number, reply: Reply): Uint8Array => {
    try {
      return encodeJsonFrame(FRAME.reply, seq, reply)
    } catch (error) {
      const message = `the reply does not fit: ${(error as Error).message}`
      return encodeJsonFrame(FRAME.reply, seq, {
        id: reply.id,
        ok: false,
        code: 'agent.failed',
        message,
      })
    }
  }

  return async (payload: Uint8Array): Promise<void> => {
    const asker = link.connection()
    if (++underWay >= MAX_AT_ONCE) link.pause()
    const reply = await onCommand(parseJsonPayload(payload))
    if (--underWay < MAX_AT_ONCE) link.resume()
    // After a reconnect nobody waits for this reply any more.
    if (link.isOpen() && link.connection() === asker) link.write(encodeReply(nextSeq(), reply))
  }
}
