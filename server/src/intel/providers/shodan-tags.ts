/** What tags of Shodan and InternetDB say of harm; ports and holes of an address are context, no verdict. */
import type { Answer, IntelFact } from '../answer.ts'

const PROBABILITY_OF: Readonly<Record<string, number>> = {
  c2: 1,
  malware: 1,
  compromised: 0.8,
  doublepulsar: 1,
  scanner: 0.4,
  tor: 0.3,
}

export interface SeenHost {
  tags: readonly string[]
  ports: readonly string[]
  /** Milliseconds since 1970; 0: not told. */
  seenMs: number
  facts: IntelFact[]
}

export const judgeHost = ({ tags, ports, seenMs, facts }: SeenHost): Answer => {
  const telling = tags.filter((tag) => Object.hasOwn(PROBABILITY_OF, tag.toLowerCase()))
  const probability = Math.max(0, ...telling.map((tag) => PROBABILITY_OF[tag.toLowerCase()] ?? 0))
  const reasons = [...telling.map((tag) => `tagged ${tag}`), `${ports.length} open ports were seen`]
  if (telling.length === 0) return { kind: 'context', reasons, facts }
  return { kind: 'verdict', verdict: { probability, trust: 0, seenMs, reasons, facts } }
}
