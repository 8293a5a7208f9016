/** The guarded client of somebody who uses secrets: what it answers holds none of them. */
import type { Answer } from './exchange.ts'
import type { Outgoing } from './outgoing.ts'

/** Lists are longer, and are not shown. */
const MAX_SHOWN_BYTES = 2 << 20

/** Before the answer is read, shortened or made plain, which could leave half of a secret. */
export const hidingOutgoing = <O extends Pick<Outgoing, 'request'>>(
  outgoing: O,
  hide: (text: string) => string,
): O => ({
  ...outgoing,
  async request(of) {
    const answer: Answer = await outgoing.request(of)
    if (answer.body.length > MAX_SHOWN_BYTES) return answer
    const text = String(answer.body)
    const shown = hide(text)
    return shown === text ? answer : { ...answer, body: Buffer.from(shown) }
  },
})
