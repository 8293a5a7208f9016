/** All providers of threat intelligence, in the order in which they are asked: what costs nothing first. */
import { abuseIpdb } from './abuseipdb.ts'
import { greyNoise } from './greynoise.ts'
import { internetDb } from './internetdb.ts'
import type { Provider } from './provider.ts'
import { shodan } from './shodan.ts'
import { virusTotal } from './virustotal.ts'

export const PROVIDERS: readonly Provider[] = [internetDb, abuseIpdb, virusTotal, greyNoise, shodan]
