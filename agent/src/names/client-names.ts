/** Names that clients send in the clear as a connection begins: TLS and QUIC hellos, requests of HTTP. */
import type { ObservedFrame } from '../observe/observed-frame.ts'
import { transportPayload } from '../observe/transport-payload.ts'
import { createClientHelloAssembler } from './client-hello-assembler.ts'
import { httpHost } from './http-host.ts'
import { ja4 } from './ja4.ts'
import { createQuicHelloAssembler } from './quic-hello-assembler.ts'

/** What was found out; absent is what the client did not say. */
export interface ClientNames {
  sni?: string | undefined
  ja4?: string
  httpHost?: string | undefined
}

/** Reads a frame of kind tls, quic or http; undefined while there is nothing to say. */
export const createClientNames = (): ((frame: ObservedFrame) => ClientNames | undefined) => {
  const overTcp = createClientHelloAssembler()
  const overQuic = createQuicHelloAssembler()
  return ({ kind, bytes, linkHeaderBytes, key, timeMs }) => {
    const payload = transportPayload(bytes, linkHeaderBytes)
    if (payload === undefined) return undefined
    if (kind === 'http') return { httpHost: httpHost(payload.bytes) }
    const flow = key.join()
    const hello =
      kind === 'tls'
        ? overTcp.add(flow, payload.sequence, payload.bytes, timeMs)
        : overQuic.add(flow, payload.bytes, timeMs)
    return hello && { sni: hello.sni, ja4: ja4(hello, kind === 'tls' ? 't' : 'q') }
  }
}
