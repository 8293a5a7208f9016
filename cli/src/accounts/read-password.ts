/** A password from the terminal, without showing it, or from standard input. */
import { text } from 'node:stream/consumers'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { NetscopeError } from '@netscope/core/errors.ts'

/** Readline draws what is typed; here nothing is drawn. */
const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() })

const ask = (question: string): Promise<string> =>
  new Promise((resolve, reject) => {
    process.stderr.write(question)
    const reader = createInterface({ input: process.stdin, output: nowhere(), terminal: true })
    reader.once('SIGINT', () => {
      reader.close()
      process.stderr.write('\n')
      reject(new NetscopeError('client.no-password', { reason: 'it was not typed' }))
    })
    reader.once('line', (line) => {
      reader.close()
      process.stderr.write('\n')
      resolve(line)
    })
  })

/** The first line of standard input where that is no terminal. Throws `client.no-password`. */
export const readPassword = async (question: string): Promise<string> => {
  const password = process.stdin.isTTY
    ? await ask(question)
    : ((await text(process.stdin)).split(/\r?\n/)[0] ?? '')
  if (password !== '') return password
  throw new NetscopeError('client.no-password', { reason: 'nothing came' })
}
