/** Builds ClientHello messages and their TLS records for tests. */

export interface FakeHello {
  version?: number
  ciphers?: readonly number[]
  extensions?: readonly (readonly [type: number, data: Uint8Array])[]
}

export const joined = (...parts: (readonly number[] | Uint8Array)[]): Uint8Array => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

export const u16 = (...values: number[]): number[] =>
  values.flatMap((value) => [(value >> 8) & 255, value & 255])

/** A list of 16-bit numbers after its length in bytes. */
export const list16 = (...values: number[]): Uint8Array =>
  joined(u16(2 * values.length), u16(...values))

export const serverNameData = (name: string): Uint8Array => {
  const bytes = Buffer.from(name, 'latin1')
  return joined(u16(bytes.length + 3), [0], u16(bytes.length), bytes)
}

export const alpnData = (...values: string[]): Uint8Array => {
  const list = joined(
    ...values.map((value) => joined([value.length], Buffer.from(value, 'latin1'))),
  )
  return joined(u16(list.length), list)
}

export const versionsData = (...versions: number[]): Uint8Array =>
  joined([2 * versions.length], u16(...versions))

/** The body of a ClientHello. */
export const helloBody = (hello: FakeHello): Uint8Array => {
  const extensions = joined(
    ...(hello.extensions ?? []).map(([type, data]) => joined(u16(type, data.length), data)),
  )
  return joined(
    u16(hello.version ?? 0x0303),
    new Uint8Array(32).fill(7),
    [4, 1, 2, 3, 4],
    list16(...(hello.ciphers ?? [0x1301])),
    [1, 0],
    hello.extensions === undefined ? [] : joined(u16(extensions.length), extensions),
  )
}

/** The handshake message with its header. */
export const handshake = (body: Uint8Array, type = 1): Uint8Array =>
  joined([type, 0], u16(body.length), body)

/** The bytes as TLS records of `size` bytes each at most. */
export const records = (message: Uint8Array, size = 16384): Uint8Array => {
  const parts: Uint8Array[] = []
  for (let at = 0; at < message.length; at += size) {
    const part = message.subarray(at, at + size)
    parts.push(joined([22, 3, 1], u16(part.length), part))
  }
  return joined(...parts)
}

/** A hello that asks for this name, `padding` bytes longer than it must be. */
export const helloFor = (name: string, padding = 0): Uint8Array =>
  handshake(
    helloBody({
      ciphers: [0x1301, 0x1302, 0xc02b],
      extensions: [
        [0, serverNameData(name)],
        [16, alpnData('h2', 'http/1.1')],
        [13, list16(0x0403, 0x0804)],
        [43, versionsData(0x0304, 0x0303)],
        ...(padding > 0 ? ([[21, new Uint8Array(padding)]] as const) : []),
      ],
    }),
  )
