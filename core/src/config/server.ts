/** Section `server`: where the HTTP server listens and how it shows time. */
import { integer, section, text, texts, type SectionValue } from './key.ts'

const HOST_NAME = '^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$'

export const serverSection = section('The HTTP server: web page, API, events, metrics.', {
  host: text({
    default: '127.0.0.1',
    description:
      'Address to listen on: 127.0.0.1 for this machine alone, 0.0.0.0 or :: for all networks. Beyond this machine ' +
      'set server.tlsCertFile too: without it passwords and traffic can be read on the way.',
    allowed: 'an address or the name of one',
  }),
  port: integer({
    default: 8086,
    minimum: 0,
    maximum: 65535,
    description: 'TCP port of the web page and the API; 0 takes a free one.',
  }),
  hosts: texts({
    default: [],
    items: { type: 'string', pattern: HOST_NAME },
    maxItems: 32,
    description:
      'Names that browsers may reach the page by, beside `localhost` and addresses; others are refused, because any ' +
      'name can be made to lead here (DNS rebinding).',
    allowed: 'up to 32 host names such as netscope.example.org, without port',
  }),
  tlsCertFile: text({
    default: '',
    isPath: true,
    description:
      'File with the certificate and those that it was signed with (PEM): the page is then at https; empty: http.',
    allowed: 'a file path, or empty',
  }),
  tlsKeyFile: text({
    default: '',
    isPath: true,
    description: 'File with the private key of server.tlsCertFile (PEM).',
    allowed: 'a file path, or empty',
  }),
  trustedProxies: texts({
    default: [],
    items: { type: 'string', pattern: '^[0-9A-Fa-f.:]+(/[0-9]{1,3})?$' },
    maxItems: 32,
    description:
      'Reverse proxies whose `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host` are believed.',
    allowed: 'up to 32 addresses or prefixes',
  }),
  timezone: text({
    default: '',
    description: 'Time zone of the times in `/events`; empty is UTC.',
    allowed: 'an IANA time zone such as Europe/Berlin, or empty for UTC',
  }),
})

export type ServerSection = SectionValue<typeof serverSection>

/** Digits and dots are an address, or nothing. */
const isHost = (host: string): boolean =>
  /^[\d.]+$/.test(host)
    ? /^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(?!$)|$)){4}$/.test(host)
    : /^[A-Za-z0-9.:_%-]{1,253}$/.test(host)

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
    isHost(host)
      ? undefined
      : 'Take 127.0.0.1, 0.0.0.0, ::, or an address that `ip address` shows.',
  timezone: (zone: string): string | undefined =>
    isTimeZone(zone)
      ? undefined
      : 'Take a name from `timedatectl list-timezones`, or leave it empty.',
}
