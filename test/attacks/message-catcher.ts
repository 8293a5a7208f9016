/** Slack, Discord and a mail server of one's own: prints each message that arrives as a line of JSON. Run as a program. */
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { createRequire } from 'node:module'
import type { SMTPServer as Server } from 'smtp-server'

export const CATCHER = { http: 9080, smtp: 9025 }

export interface Message {
  to: string
  text: string
}

const print = (message: Message): void => console.log(JSON.stringify(message))

if (import.meta.main) {
  const require = createRequire(new URL('../../server/package.json', import.meta.url))
  const { SMTPServer } = require('smtp-server') as { SMTPServer: typeof Server }
  createServer((request, response) => {
    void text(request).then((body) => {
      print({ to: request.url ?? '', text: body })
      response
        .writeHead(request.url === '/discord' ? 204 : 200)
        .end(request.url === '/slack' ? 'ok' : '')
    })
  }).listen(CATCHER.http, '127.0.0.1')
  new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, done) => {
      void text(stream).then((mail) => {
        print({ to: '/mail', text: mail })
        done()
      })
    },
  }).listen(CATCHER.smtp, '127.0.0.1')
}
