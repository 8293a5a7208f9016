/** Syslog (RFC 5424): an event a message, its text the JSON. */
import { Type } from 'typebox'
import { plainSyslogLine } from '../../notify/syslog-line.ts'
import { sendSyslog, syslogSettings } from '../../notify/syslog-transport.ts'
import type { Exported } from '../export-line.ts'
import { sinkKind } from '../sink.ts'

const MSGIDS: Readonly<Record<Exported, string>> = {
  ...{ flows: 'flow', alerts: 'alert', actions: 'action' },
}

export const syslogSink = sinkKind({
  kind: 'syslog',
  description: 'A collector of syslog messages.',
  settings: Type.Object(syslogSettings),
  secrets: [],
  gatherMs: 1000,
  batch: { lines: 2048, bytes: 2_000_000 },
  targetOf: ({ host, port, transport }) => `${transport}://${host}:${port}`,
  open: (settings, { outgoing, hostname, now }) => ({
    close: async () => undefined,
    async send({ lines }) {
      const from = { facility: settings.facility, hostname }
      const time = new Date(now()).toISOString()
      const messages = lines.map(({ label, what, text }) =>
        plainSyslogLine(from, { label, time, kind: MSGIDS[what], text }),
      )
      await sendSyslog(messages, settings, outgoing)
      return { kind: 'sent' }
    },
  }),
})
