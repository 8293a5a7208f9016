/** From the section `intel` to the providers as they are used: key, weight, quota, where they are. */
import type { IntelSection } from '@netscope/core/config/intel.ts'
import { readSecretText } from '../declared/secret-text.ts'
import type { Provider, Quota } from './providers/provider.ts'
import { PROVIDERS } from './providers/providers.ts'

export interface UsedProvider {
  provider: Provider
  /** 0–1 */
  weight: number
  quota: Quota
  baseUrl: string
  /** Why it is not asked; empty: it is. */
  off: string
  /** Throws where it is a file or variable that can't be read; empty: without. */
  key(): string
}

/** The last NAME=REST counts. */
const given = (items: readonly string[], name: string): string | undefined =>
  items.findLast((item) => item.startsWith(`${name}=`))?.slice(name.length + 1)

const quotaOf = (text: string | undefined, quota: Quota): Quota => {
  if (text === undefined) return quota
  const [perMinute = 0, perDay = 0, perMonth = 0] = text.split('/').map(Number)
  return { perMinute, perDay, perMonth }
}

export const usedProviders = (
  config: IntelSection,
  providers: readonly Provider[] = PROVIDERS,
): UsedProvider[] => {
  const keys: Readonly<Record<string, string>> = {
    abuseipdb: config.abuseipdbKey,
    virustotal: config.virustotalKey,
    shodan: config.shodanKey,
    greynoise: config.greynoiseKey,
  }
  return providers.map((provider): UsedProvider => {
    const { name } = provider
    const written = keys[name] ?? ''
    const isOn = provider.key === 'none' ? false : written !== ''
    const weight = given(config.weights, name)
    return {
      provider,
      weight: Number(weight ?? provider.weight) / 100,
      quota: quotaOf(given(config.quotas, name), provider.quota),
      baseUrl: (given(config.baseUrls, name) ?? provider.baseUrl).replace(/\/$/, ''),
      off: isOn || config.keyless.includes(name) ? '' : offReason(provider),
      key: () => readSecretText(written),
    }
  })
}

const offReason = ({ name, key }: Provider): string => {
  if (key === 'required') return `it has no key: set intel.${name}Key`
  const ways = key === 'none' ? '' : ` or set intel.${name}Key`
  return `it is not named: put ${name} in intel.keyless${ways}`
}
