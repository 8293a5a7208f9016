/** Captures on real packets: as many as the flows count, bytes as they were sent. */
import { formatAddress } from '@netscope/core/address.ts'
import { CAPTURED, CAPTURED_BYTES } from '../../../agent/src/capture/captured-packet.ts'
import { encodeFilter } from '../../../agent/src/capture/encode-filter.ts'
import type { KernelSource } from '../../../agent/src/kernel/kernel-source.ts'
import { equal, sleep, type Checks } from './checks.ts'
import { between, readFlows } from './counted.ts'
import { ECHO_PORT, HERE, THERE } from './link.ts'
import { sendDatagrams, sendStream } from './traffic.ts'

const UDP = 17
const TCP = 6
const DATAGRAMS = 50
/** Twice, and in records of up to twice its size, it fits the ring, which is read at the end only. */
const STREAM_BYTES = 500_000
/** The last acknowledgement of a closed connection. */
const SETTLE_MS = 200

export const checkCaptures = async (
  { check }: Checks,
  source: KernelSource,
  ifindex: number,
): Promise<void> => {
  const packetsOf = (family: 'v4' | 'v6', protocol: number): number => {
    const { sent, answered } = between(readFlows(source), {
      from: HERE[family],
      to: THERE[family],
      protocol,
      ifindex,
    })
    return sent.packets + answered.packets
  }

  const capture = async (
    family: 'v4' | 'v6',
    protocol: number,
    traffic: () => Promise<void>,
    snapLength = 65_535,
  ) => {
    const filter = { ip: THERE[family], port: ECHO_PORT, protocol }
    const before = packetsOf(family, protocol)
    const tap = source.packets?.open(encodeFilter(filter, { snapLength, ifindex, ownPort: 0 }))
    if (!tap) throw new Error('the source captures nothing')
    await traffic()
    await sleep(SETTLE_MS)
    tap.close()
    const found = { records: 0, segments: 0, bytes: 0, cut: 0, wrong: 0 }
    tap.drain(({ view, at }) => {
      const captured = view.getUint32(at + CAPTURED.captured, true)
      const packet = at + CAPTURED_BYTES
      found.records++
      found.segments += view.getUint32(at + CAPTURED.segments, true)
      found.bytes += captured
      if (captured < view.getUint32(at + CAPTURED.length, true)) found.cut++
      const source = packet + (family === 'v4' ? 26 : 22)
      const isSource =
        family === 'v6'
          ? formatAddress(view, source) === formatAddress(view, at + CAPTURED.srcAddr)
          : view.getUint32(source) === view.getUint32(at + CAPTURED.srcAddr + 12)
      if (!isSource) found.wrong++
      return true
    })
    const counts = tap.counts()
    tap.free()
    return { found, counts, counted: packetsOf(family, protocol) - before }
  }

  for (const family of ['v4', 'v6'] as const) {
    await check(
      `captured (${family}): every datagram that the flow counts, with its bytes`,
      async () => {
        const { found, counts, counted } = await capture(family, UDP, () =>
          sendDatagrams(THERE[family], DATAGRAMS, 100),
        )
        const bytes = 2 * DATAGRAMS * (14 + (family === 'v4' ? 20 : 40) + 8 + 100)
        const records = 2 * DATAGRAMS
        equal(found, { records, segments: records, bytes, cut: 0, wrong: 0 })
        equal([counted, counts], [records, [{ ifindex, accepted: records, lost: 0 }]])
      },
    )

    await check(
      `captured (${family}): a stream, super-packets cut to the snap length`,
      async () => {
        const { found, counts, counted } = await capture(
          family,
          TCP,
          () => sendStream(THERE[family], STREAM_BYTES),
          200,
        )
        const { lost = -1, accepted = -1 } = counts[0] ?? {}
        equal([found.segments, accepted, lost, found.wrong], [counted, found.records, 0, 0])
        if (found.cut === 0 || found.records === found.segments)
          throw new Error(`no super-packet among ${found.records}`)
        return `${found.records} records, ${found.segments} packets`
      },
    )

    await check(`captured (${family}): whole super-packets`, async () => {
      const { found, counts, counted } = await capture(family, TCP, () =>
        sendStream(THERE[family], STREAM_BYTES),
      )
      const { lost = -1 } = counts[0] ?? {}
      equal([found.segments, lost, found.cut, found.wrong], [counted, 0, 0, 0])
      if (found.bytes < 2 * STREAM_BYTES) throw new Error(`${found.bytes} bytes`)
    })
  }
}
