/** Section `intel`: whom to ask about addresses, what that may cost, and the feeds. */
import { boolean, integer, section, text, texts, type SectionValue } from './key.ts'

const PROVIDER_NAMES = 'abuseipdb|greynoise|internetdb|shodan|virustotal'
const keyOf = (of: string, alias?: string) =>
  text({
    default: '',
    secret: true,
    ...(alias !== undefined && { alias }),
    maxLength: 512,
    description: `Key of ${of}: with it the provider is asked, without it not.`,
    allowed: 'a text, file:PATH or env:NAME',
  })

export const intelSection = section('Threat intelligence: what others know of addresses.', {
  abuseipdbKey: keyOf('AbuseIPDB', 'ABUSEIPDB_API_KEY'),
  virustotalKey: keyOf('VirusTotal', 'VIRUSTOTAL_API_KEY'),
  shodanKey: keyOf('Shodan', 'SHODAN_API_KEY'),
  greynoiseKey: keyOf('GreyNoise'),
  keyless: texts({
    items: { type: 'string', pattern: '^(internetdb|greynoise)$' },
    default: [],
    maxItems: 2,
    description:
      'Providers that are asked without a key: internetdb (not for commercial use), greynoise (a few look-ups a week). Nothing is sent to anybody that is not named here or has a key.',
    allowed: 'a list of internetdb, greynoise',
  }),
  quotas: texts({
    items: { type: 'string', pattern: `^(${PROVIDER_NAMES})=\\d{1,7}/\\d{1,7}/\\d{1,9}$` },
    default: [],
    maxItems: 16,
    description:
      'Look-ups that a provider may be asked per minute, day and month (UTC), as NAME=MINUTE/DAY/MONTH; 0 is no bound. Without one it is what the free plan allows.',
    allowed: 'a list such as [abuseipdb=60/3000/0]',
  }),
  weights: texts({
    items: { type: 'string', pattern: `^(${PROVIDER_NAMES})=(100|\\d{1,2})$` },
    default: [],
    maxItems: 16,
    description:
      'How much a provider counts in the risk, in percent, as NAME=PERCENT; without one virustotal=90, abuseipdb=80, greynoise=70, shodan=50, internetdb=40.',
    allowed: 'a list such as [virustotal=95]',
  }),
  baseUrls: texts({
    items: { type: 'string', pattern: `^(${PROVIDER_NAMES})=https?://.+$` },
    default: [],
    maxItems: 16,
    description: 'Where a provider is reached instead, such as through a proxy, as NAME=URL.',
    allowed: 'a list such as [virustotal=https://proxy.example/vt]',
  }),
  halfLifeDays: integer({
    default: 7,
    minimum: 1,
    maximum: 365,
    description: 'Days after which what was seen of an address counts half.',
  }),
  cacheHours: integer({
    default: 24,
    minimum: 1,
    maximum: 720,
    description: 'Hours for which an answer is used again.',
  }),
  missHours: integer({
    default: 24,
    minimum: 1,
    maximum: 720,
    description: 'Hours for which a provider that knew nothing is not asked again.',
  }),
  riskThreshold: integer({
    default: 50,
    minimum: 1,
    maximum: 100,
    description:
      'Risk from which an address counts as dangerous: by themselves alerts ask a provider only where its answer could bring the risk to the other side.',
  }),
  alertSeverity: integer({
    default: 60,
    minimum: 0,
    maximum: 101,
    description:
      'Severity from which an alert has the providers asked about its public addresses; 101: never.',
  }),
  feedsFile: text({
    default: '',
    isPath: true,
    description:
      'YAML file with feeds, as docs/reference/threat-intel.md says: they are shown and used like others, and only changed there.',
    allowed: 'a file path, or empty',
  }),
  feedMaxMegabytes: integer({
    default: 32,
    minimum: 1,
    maximum: 512,
    description: 'Largest feed that is taken, MB.',
  }),
  feedMaxEntries: integer({
    default: 500_000,
    minimum: 1000,
    maximum: 4_000_000,
    description: 'Entries of all feeds together; each takes some 100 bytes of the server.',
  }),
  fetchFeeds: boolean({
    default: true,
    description: 'Fetch feeds on schedule; without it only when somebody says refresh.',
  }),
})

export type IntelSection = SectionValue<typeof intelSection>
