/** Requests over connections that stay open: how many a second are answered, and how long each takes. */
import { connect } from 'node:net'

export interface Load {
  answered: number
  seconds: number
  /** Milliseconds, ascending. */
  latencies: number[]
  bytes: number
}

const HEADER_END = '\r\n\r\n'

/** Sends `head` over `connections` at a time, the next one when the answer is there, for `seconds`. */
export const loadWith = async (
  url: string,
  head: string,
  { connections, seconds }: { connections: number; seconds: number },
): Promise<Load> => {
  const { hostname, port } = new URL(url)
  const latencies: number[] = []
  let bytes = 0
  const startedAt = performance.now()
  const endsAt = startedAt + seconds * 1000

  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      let sentAt = 0
      let left = -1
      let text = ''
      const send = (): void => {
        left = -1
        text = ''
        sentAt = performance.now()
        socket.write(head)
      }
      const socket = connect(Number(port), hostname, send)
      socket.on('error', reject)
      socket.on('data', (chunk) => {
        bytes += chunk.length
        let taken = chunk.length
        if (left < 0) {
          text += chunk.toString('latin1')
          const end = text.indexOf(HEADER_END)
          if (end < 0) return
          if (!/^HTTP\/1\.1 (200|304)/.test(text)) return reject(new Error(text.slice(0, 300)))
          left = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)
          taken = text.length - end - HEADER_END.length
        }
        left -= taken
        if (left > 0) return
        const nowMs = performance.now()
        latencies.push(nowMs - sentAt)
        if (nowMs < endsAt) return send()
        socket.destroy()
        resolve()
      })
    })

  await Promise.all(Array.from({ length: connections }, one))
  const took = (performance.now() - startedAt) / 1000
  latencies.sort((a, b) => a - b)
  return { answered: latencies.length, seconds: took, latencies, bytes }
}
