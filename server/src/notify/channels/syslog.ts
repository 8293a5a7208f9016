/** Syslog (RFC 5424) over UDP (RFC 5426), TCP (RFC 6587) or TLS (RFC 5425). */
import { hostname } from 'node:os'
import { Type } from 'typebox'
import { channelKind } from '../channel.ts'
import { syslogLines } from '../syslog-line.ts'
import { sendSyslog, syslogSettings } from '../syslog-transport.ts'

export const syslogKind = channelKind({
  kind: 'syslog',
  description: 'A collector of syslog messages.',
  settings: Type.Object(syslogSettings),
  secrets: [],
  targetOf: ({ host, port, transport }) => `${transport}://${host}:${port}`,
  async send(settings, message, { outgoing, now }) {
    const from = { facility: settings.facility, hostname: hostname() }
    await sendSyslog(syslogLines(from, message, now()), settings, outgoing)
    return { kind: 'sent' }
  },
})
