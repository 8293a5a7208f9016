/** Section `server`: where the HTTP server listens and how it shows time. */
import { encodePrefix } from '../prefix.ts'
import { PREFIX_BYTES } from '../slot.ts'
import { integer, section, text, type SectionValue } from './key.ts'

export const serverSection = section('The HTTP server: web page, API, events, metrics.', {
  host: text({
    default: '127.0.0.1',
    description: 'Address to listen on. Loopback only, until there are accounts.',
    allowed: 'a loopback address: 127.0.0.1, ::1 or localhost',
  }),
  port: integer({
    default: 8086,
    minimum: 0,
    maximum: 65535,
    description: 'TCP port of the web page and the API; 0 takes a free one.',
  }),
  timezone: text({
    default: '',
    description: 'Time zone of the times in `/events`; empty is UTC.',
    allowed: 'an IANA time zone such as Europe/Berlin, or empty for UTC',
  }),
})

export type ServerSection = SectionValue<typeof serverSection>

const isLoopback = (host: string): boolean => {
  if (host === 'localhost' || host === '::1') return true
  const bytes = new Uint8Array(PREFIX_BYTES)
  const isV4 = isIpv4Text(host) && encodePrefix(host, bytes, 0) === undefined
  return isV4 && bytes[16] === 127
}

const isIpv4Text = (host: string): boolean => /^[\d.]+$/.test(host)

const isTimeZone = (zone: string): boolean => {
  try {
    return (
      zone === '' || new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions() !== null
    )
  } catch {
    return false
  }
}

export const serverChecks = {
  host: (host: string): string | undefined =>
    isLoopback(host)
      ? undefined
      : 'NetScope has no accounts yet: whoever reaches this port could read all traffic and block ' +
        'addresses. Keep 127.0.0.1 and reach it from elsewhere through `ssh -L 8086:127.0.0.1:8086 HOST`.',
  timezone: (zone: string): string | undefined =>
    isTimeZone(zone)
      ? undefined
      : 'Take a name from `timedatectl list-timezones`, or leave it empty.',
}
