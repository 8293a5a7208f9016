/** Bytes of address texts that we write ourselves: not a validator. */

/** 4 or 16 bytes in network order. */
export const addressBytes = (text: string): Uint8Array => {
  if (!text.includes(':')) return Uint8Array.from(text.split('.'), Number)
  const [head = '', tail] = text.split('::')
  const groups = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
  const [front, back] = [groups(head), tail === undefined ? [] : groups(tail)]
  const middle = Array.from({ length: 8 - front.length - back.length }, () => 0)
  return Uint8Array.from(
    [...front, ...middle, ...back].flatMap((group) => [group >> 8, group & 0xff]),
  )
}
