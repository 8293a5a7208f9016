/** Whether an address is inside a prefix; texts are canonical, as the server writes them. */

/** `prefix` may be a single address. */
export const prefixHolds = (prefix: string, address: string): boolean => {
  const [base = '', length] = prefix.split('/')
  if (base.includes(':') !== address.includes(':')) return false
  const bits = address.includes(':') ? 128 : 32
  const rest = BigInt(bits - (length === undefined ? bits : Number(length)))
  return numberOf(base) >> rest === numberOf(address) >> rest
}

const numberOf = (address: string): bigint =>
  address.includes(':')
    ? groupsOf(address).reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n)
    : address.split('.').reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)

const groupsOf = (address: string): string[] => {
  const [head = '', tail] = address.split('::')
  const before = head.split(':').filter(Boolean)
  if (tail === undefined) return before
  const after = tail.split(':').filter(Boolean)
  return [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after]
}
