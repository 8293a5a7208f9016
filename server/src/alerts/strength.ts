/** How far the evidence of a detection goes beyond what the detector demands. */
import type { Evidence } from '@netscope/detect/detection.ts'

/** `>= 15`, `> 0.8`, `≥ 1,000 packets/s`. */
const AT_LEAST = /^\s*(?:>=?|≥)\s*(\d[\d,_]*(?:\.\d+)?)/

const demandOf = (threshold: string | undefined): number => {
  const [, figure = ''] = AT_LEAST.exec(threshold ?? '') ?? []
  return figure === '' ? 0 : Number(figure.replaceAll(/[,_]/g, ''))
}

/** The largest ratio of a number to its threshold, at least 1. Thresholds of another form say nothing here. */
export const strengthOf = ({ facts }: Evidence): number => {
  let most = 1
  for (const { value, threshold } of facts) {
    const demand = demandOf(threshold)
    if (typeof value === 'number' && demand > 0) most = Math.max(most, value / demand)
  }
  return Number.isFinite(most) ? most : 1
}
