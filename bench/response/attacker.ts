/**
 * Sends UDP datagrams every other millisecond, and scans when it is told: commands `from SOURCE`, `scan HOST`, which answers with when
 * its first and its last SYN were asked for, and `end`. Times are those of CLOCK_MONOTONIC, ms.
 */
import { createSocket } from 'node:dgram'
import type { Socket } from 'node:dgram'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'

const PORT = 9999
const EVERY_MS = 2
const SCANNED = 200
const [target = ''] = process.argv.slice(2)
const nowMs = () => Number(process.hrtime.bigint()) / 1e6

let socket: Socket | undefined
let timer: NodeJS.Timeout | undefined
let source = ''
let number = 0

const end = (): void => {
  clearInterval(timer)
  socket?.close()
  socket = undefined
}

const begin = (address: string): void => {
  end()
  source = address
  const own = (socket = createSocket('udp4'))
  own.bind({ address, exclusive: true }, () => {
    timer = setInterval(() => {
      const data = Buffer.alloc(8)
      data.writeUInt32LE(++number)
      own.send(data, PORT, target)
    }, EVERY_MS)
  })
}

const scan = (host: string): { firstMs: number; lastMs: number } => {
  const firstMs = nowMs()
  for (let port = 1; port <= SCANNED; port++) {
    const probe = connect({ host, port, localAddress: source })
    probe.on('error', () => undefined).setTimeout(3000, () => probe.destroy())
  }
  return { firstMs, lastMs: nowMs() }
}

for await (const line of createInterface({ input: process.stdin })) {
  const [command, address = ''] = line.split(' ')
  if (command === 'from') begin(address)
  if (command === 'end') end()
  console.log(JSON.stringify(command === 'scan' ? scan(address) : {}))
}
process.exit(0)
