/**
 * Sends UDP packets, each to a port and address of its own, so that each is a flow of its own: `node fleet-traffic.ts
 * PREFIX RATE`, where PREFIX is the first two numbers of the addresses. Writes a line of JSON for each batch: when, and
 * the number after the last flow. Flow i goes to PREFIX.(i / 60000 / 250).(i / 60000 % 250 + 1), port 1000 + i % 60000.
 */
import { createSocket } from 'node:dgram'

const [prefix = '198.51', rate = '300'] = process.argv.slice(2)
const BATCHES_PER_SECOND = 20
const socket = createSocket('udp4')
const payload = Buffer.from('one flow')
let next = 0

socket.bind(5353, () => {
  const each = Math.round(Number(rate) / BATCHES_PER_SECOND)
  const timer = setInterval(() => {
    for (let i = 0; i < each; i++, next++) {
      const host = Math.floor(next / 60_000)
      const address = `${prefix}.${Math.floor(host / 250)}.${(host % 250) + 1}`
      socket.send(payload, 1000 + (next % 60_000), address)
    }
    tell()
  }, 1000 / BATCHES_PER_SECOND)
  process.on('SIGTERM', () => {
    clearInterval(timer)
    tell()
    socket.close()
  })
})

const tell = (): void => {
  process.stdout.write(`${JSON.stringify({ atMs: Date.now(), next })}\n`)
}
