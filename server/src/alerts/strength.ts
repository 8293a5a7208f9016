/** How far the evidence of a detection goes beyond what the detector demands. */
import type { Evidence } from '@netscope/detect/detection.ts'

/** The measure of strength, as a multiple of what it had to reach; at least 1, also where there is no such measure. */
export const strengthOf = ({ facts }: Evidence): number => {
  let most = 1
  for (const { value, demand = 0 } of facts)
    if (typeof value === 'number' && demand > 0) most = Math.max(most, value / demand)
  return Number.isFinite(most) ? most : 1
}
