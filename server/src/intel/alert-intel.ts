/** What is known of the two sides of an alert: risk, and the feeds that they are on. */
import type { AlertIntel } from '../alerts/alert-row.ts'
import type { Listing } from './feeds/feed.ts'

export interface KnownIntel {
  lookUps: { riskOf(ip: string): number | undefined }
  listedOn(addressOrName: string): readonly Listing[]
}

export const alertIntel = (
  { src, dst, dstName }: { src: string; dst: string; dstName: string },
  { lookUps, listedOn }: KnownIntel,
): AlertIntel => {
  const [srcRisk, dstRisk] = [src, dst].map((ip) => (ip === '' ? undefined : lookUps.riskOf(ip)))
  const feedsOf = (...texts: string[]): string[] => [
    ...new Set(
      texts.flatMap((text) => (text === '' ? [] : listedOn(text).map(({ feed }) => feed))),
    ),
  ]
  const [srcFeeds, dstFeeds] = [feedsOf(src), feedsOf(dst, dstName)]
  const risks = [srcRisk, dstRisk].filter((risk) => risk !== undefined)
  return {
    ...(risks.length > 0 && { risk: Math.max(...risks) }),
    ...(srcRisk !== undefined && { srcRisk }),
    ...(dstRisk !== undefined && { dstRisk }),
    ...(srcFeeds.length > 0 && { srcFeeds }),
    ...(dstFeeds.length > 0 && { dstFeeds }),
  }
}
