/** What tags of Shodan and InternetDB say of harm; ports and holes of an address are context, no verdict. */

const PROBABILITY_OF: Readonly<Record<string, number>> = {
  c2: 1,
  malware: 1,
  compromised: 0.8,
  doublepulsar: 1,
  scanner: 0.4,
  tor: 0.3,
}

export interface TagJudgement {
  probability: number
  reasons: string[]
}

export const judgeTags = (tags: readonly string[]): TagJudgement => {
  const telling = tags.filter((tag) => Object.hasOwn(PROBABILITY_OF, tag.toLowerCase()))
  const probability = Math.max(0, ...telling.map((tag) => PROBABILITY_OF[tag.toLowerCase()] ?? 0))
  return { probability, reasons: telling.map((tag) => `tagged ${tag}`) }
}
