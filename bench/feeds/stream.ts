/**
 * UDP datagrams with a number each, every other millisecond from several addresses: `send TARGET SOURCE…`, `receive ADDRESS`.
 * Commands: `go` begins to send; `report` answers as JSON what was sent or received so far, per source.
 */
import { createSocket } from 'node:dgram'
import { createInterface } from 'node:readline'

const PORT = 9999
const EVERY_MS = 2
const nowMs = () => Number(process.hrtime.bigint()) / 1e6

/** Times are those of CLOCK_MONOTONIC, ms: the same in all processes of a machine. */
export interface StreamReport {
  packets: number
  /** Of the first and the last packet. */
  firstMs: number
  lastMs: number
  /** Numbers that came, as first and last of each run without a gap. */
  runs: [number, number][]
}

const reports = new Map<string, StreamReport>()
const count = (source: string, number: number): void => {
  let of = reports.get(source)
  if (!of) reports.set(source, (of = { packets: 0, firstMs: nowMs(), lastMs: 0, runs: [] }))
  of.packets++
  of.lastMs = nowMs()
  const run = of.runs.at(-1)
  if (run && run[1] === number - 1) run[1] = number
  else of.runs.push([number, number])
}

const send = (target: string, sources: string[]): void => {
  const sockets = sources.map((address) => {
    const socket = createSocket('udp4')
    socket.bind({ address, exclusive: true })
    return { address, socket }
  })
  let number = 0
  setInterval(() => {
    const data = Buffer.alloc(8)
    data.writeUInt32LE(++number)
    for (const { address, socket } of sockets) {
      count(address, number)
      socket.send(data, PORT, target)
    }
  }, EVERY_MS)
}

const receive = (address: string): void => {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 << 20 })
  socket.on('message', (data, { address: source }) => count(source, data.readUInt32LE()))
  socket.bind(PORT, address)
}

const [mode, address = '', ...sources] = process.argv.slice(2)
if (mode === 'receive') receive(address)
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'go' && mode === 'send') send(address, sources)
  console.log(JSON.stringify(Object.fromEntries(reports)))
}
process.exit(0)
