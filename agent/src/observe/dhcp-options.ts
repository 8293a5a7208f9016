/** Options of a DHCP message (RFC 2132): long ones joined (RFC 3396), overloaded fields read (section 9.3). */

interface DhcpOptions {
  /** By code; of options that occur several times all bytes, one after the other. */
  values: ReadonlyMap<number, DataView>
  /** An option goes beyond its field. */
  incomplete: boolean
}

const [PAD, OVERLOAD, END] = [0, 52, 255]
const OPTIONS_AT = 240
/** The fields that may hold options too, in the order in which they are joined (RFC 3396 section 5). */
const FILE = { from: 108, end: 236, bit: 1 }
const SERVER_NAME = { from: 44, end: 108, bit: 2 }

/** `at` to `end`: the whole message, of at least 240 bytes. */
export const readDhcpOptions = (view: DataView, at: number, end: number): DhcpOptions => {
  const parts = new Map<number, DataView[]>()
  let complete = readField(view, at + OPTIONS_AT, end, parts)
  const overload = parts.get(OVERLOAD)?.[0]
  const used = overload && overload.byteLength > 0 ? overload.getUint8(0) : 0
  for (const field of [FILE, SERVER_NAME])
    if (used & field.bit)
      complete = readField(view, at + field.from, at + field.end, parts) && complete
  const values = new Map<number, DataView>()
  for (const [code, pieces] of parts) values.set(code, joined(pieces))
  return { values, incomplete: !complete }
}

/** False if it ends within an option. */
const readField = (
  view: DataView,
  from: number,
  end: number,
  parts: Map<number, DataView[]>,
): boolean => {
  for (let at = from; at < end;) {
    const code = view.getUint8(at)
    if (code === END) return true
    if (code === PAD) {
      at++
      continue
    }
    const value = at + 2
    if (value > end || value + view.getUint8(at + 1) > end) return false
    const length = view.getUint8(at + 1)
    const piece = new DataView(view.buffer, view.byteOffset + value, length)
    const pieces = parts.get(code)
    if (pieces) pieces.push(piece)
    else parts.set(code, [piece])
    at = value + length
  }
  return true
}

const joined = (pieces: readonly DataView[]): DataView => {
  const [first] = pieces
  if (pieces.length === 1 && first) return first
  const bytes = pieces.flatMap((piece) => [
    ...new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength),
  ])
  return new DataView(Uint8Array.from(bytes).buffer)
}
