/** Uncompressed domain names one after the other (RFC 1035 section 3.1), as DHCPv6 and RA options hold them. */
import { harmless, textAt } from './wire-text.ts'

const MAX_LABEL_BYTES = 63
const MAX_NAME_BYTES = 255

interface NameList {
  /** Without final dots. */
  names: string[]
  /** False: malformed, or more than `maxNames`. */
  complete: boolean
}

/** Zeros after the last name are padding (RFC 8106 section 5.2). A last name without its end counts (RFC 4704 section 4.2). */
export const readDomainNames = (
  view: DataView,
  from: number,
  end: number,
  maxNames: number,
): NameList => {
  const names: string[] = []
  let labels: string[] = []
  let nameBytes = 0
  const finish = (): void => {
    if (labels.length > 0) names.push(harmless(labels.join('.')))
    labels = []
    nameBytes = 0
  }
  for (let at = from; at < end;) {
    const length = view.getUint8(at)
    nameBytes += 1 + length
    if (length > MAX_LABEL_BYTES || at + 1 + length > end || nameBytes > MAX_NAME_BYTES)
      return { names, complete: false }
    if (length === 0) finish()
    else if (names.length === maxNames) return { names, complete: false }
    else labels.push(textAt(view, at + 1, at + 1 + length))
    at += 1 + length
  }
  finish()
  return { names, complete: true }
}
