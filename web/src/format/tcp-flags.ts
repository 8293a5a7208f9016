/** TCP flags by name (RFC 9293). */

const NAMES = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR']

/** 'SYN ACK' of 18; a text stays as it is. */
export const formatTcpFlags = (flags: number | string): string =>
  typeof flags === 'string' ? flags : NAMES.filter((_, bit) => flags & (1 << bit)).join(' ')
