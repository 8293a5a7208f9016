/** Remembers who asked for which address, so that an answer can be told from an assertion. */
import { createBoundedMap } from '../bounded-map.ts'

const MAX_QUESTIONS = 8192
/** Hosts answer within milliseconds; some are asleep or behind Wi-Fi that gathers broadcasts. */
const ANSWER_MS = 5000
const MAX_ANSWERS = 4

interface Question {
  timeMs: number
  /** Who has answered: once is enough. */
  answered: string[]
}

export interface Asked {
  ask(link: string, ip: string, asker: string, timeMs: number): void
  /**
   * Whether what `mac` tells `told` of the address answers a question of a moment ago; a question is answered once by
   * each. '' for `told`: whoever asked.
   */
  answers(link: string, ip: string, told: string, mac: string, timeMs: number): boolean
}

export const createAsked = (): Asked => {
  const questions = createBoundedMap<string, Question>(MAX_QUESTIONS)
  return {
    ask(link, ip, asker, timeMs) {
      questions.set(`${link} ${ip} ${asker}`, { timeMs, answered: [] })
      questions.set(`${link} ${ip} `, { timeMs, answered: [] })
    },
    answers(link, ip, told, mac, timeMs) {
      const question = questions.peek(`${link} ${ip} ${told}`)
      if (!question || Math.abs(timeMs - question.timeMs) > ANSWER_MS) return false
      if (question.answered.includes(mac)) return false
      if (question.answered.length < MAX_ANSWERS) question.answered.push(mac)
      return true
    },
  }
}
