/**
 * One risk of what several sources say, by noisy-OR: 100 · (1 − Π(1 − w·p·d)) · Π(1 − w·t). One strong source is enough,
 * two weak ones do not add up to certainty, and where no source knows anything the risk is unknown, which is no 0.
 */

export interface Testimony {
  /** `virustotal`, `feed spamhaus-drop`. */
  source: string
  /** 0–1: how much the source counts. */
  weight: number
  /** 0–1: how sure it is that the address does harm. */
  probability: number
  /** 0–1: how sure it is that everybody uses it. */
  trust: number
  /** Since it was seen doing so, ms. */
  ageMs: number
}

export interface Contribution extends Testimony {
  /** 0–1: what is left of it at its age. */
  decay: number
  /** w·p·d */
  share: number
}

export interface Risk {
  /** 0–100; undefined: no source knows anything. */
  value: number | undefined
  contributions: Contribution[]
  /** In figures. */
  arithmetic: string
}

const short = (value: number): string => String(Number(value.toFixed(2)))

/** `halfLifeMs`: after so long without being seen half is left. */
export const combine = (testimonies: readonly Testimony[], halfLifeMs: number): Risk => {
  const contributions = testimonies.map((of): Contribution => {
    const decay = 0.5 ** (Math.max(0, of.ageMs) / halfLifeMs)
    return { ...of, decay, share: of.weight * of.probability * decay }
  })
  if (contributions.length === 0)
    return { value: undefined, contributions, arithmetic: 'no source knows anything: unknown' }
  let [innocent, distrust] = [1, 1]
  for (const { share, weight, trust } of contributions) {
    innocent *= 1 - share
    distrust *= 1 - weight * trust
  }
  const value = Math.round(1000 * (1 - innocent) * distrust) / 10
  return { value, contributions, arithmetic: arithmeticOf(contributions, value) }
}

const arithmeticOf = (contributions: readonly Contribution[], value: number): string => {
  const harmful = contributions.filter(({ share }) => share > 0)
  if (harmful.length === 0) return 'no source that knows it says that it does harm: 0'
  const factors = harmful.map(
    ({ source, weight, probability, decay }) =>
      `(1 − ${short(weight)}·${short(probability)}·${short(decay)} [${source}])`,
  )
  const trusts = contributions
    .filter(({ trust }) => trust > 0)
    .map(({ source, weight, trust }) => ` · (1 − ${short(weight)}·${short(trust)} [${source}])`)
  return `100 · (1 − ${factors.join(' · ')})${trusts.join('')} = ${value}`
}

/** Whether asking sources of these weights could bring the risk to the other side of `threshold`. */
export const couldCross = (
  value: number | undefined,
  open: readonly { weight: number; mayTrust: boolean }[],
  threshold: number,
): boolean => {
  const now = (value ?? 0) / 100
  const most = 1 - open.reduce((rest, { weight }) => rest * (1 - weight), 1 - now)
  const least = open.reduce((rest, { weight, mayTrust }) => rest * (mayTrust ? 1 - weight : 1), now)
  return now * 100 >= threshold ? least * 100 < threshold : most * 100 >= threshold
}
