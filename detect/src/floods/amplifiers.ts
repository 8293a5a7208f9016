/** Services whose answers are larger than the questions, so that forged questions make a flood (CISA TA14-017A). */

/** Port → name and mean bytes of an IP packet from which its answers are larger than ordinary ones. */
const AMPLIFIERS: ReadonlyMap<number, readonly [name: string, bytes: number]> = new Map([
  [17, ['QOTD', 100]],
  [19, ['CHARGEN', 100]],
  [53, ['DNS', 400]],
  [69, ['TFTP', 100]],
  [111, ['portmap', 100]],
  [123, ['NTP', 200]],
  [137, ['NetBIOS', 150]],
  [161, ['SNMP', 300]],
  [389, ['CLDAP', 300]],
  [427, ['SLP', 300]],
  [500, ['ISAKMP', 100]],
  [520, ['RIPv1', 200]],
  [1194, ['OpenVPN', 50]],
  [1434, ['SQL Server browser', 150]],
  [1900, ['SSDP', 200]],
  [3283, ['Apple Remote Desktop', 300]],
  [3389, ['RDP', 300]],
  [3478, ['STUN', 100]],
  [3702, ['WS-Discovery', 300]],
  [4500, ['ISAKMP over NAT', 100]],
  [5093, ['Sentinel', 200]],
  [5351, ['NAT-PMP', 40]],
  [5353, ['mDNS', 200]],
  [5683, ['CoAP', 200]],
  [10001, ['Ubiquiti discovery', 100]],
  [10074, ['Mitel test driver', 100]],
  [11211, ['memcached', 500]],
  [17185, ['VxWorks debug', 100]],
  [27015, ['Steam', 150]],
  [27960, ['Quake', 150]],
  [30718, ['Lantronix', 50]],
  [32414, ['Plex', 100]],
  [33848, ['Jenkins', 100]],
  [37810, ['DVR discovery', 150]],
])

export const isAmplifier = (port: number): boolean => AMPLIFIERS.has(port)
export const amplifierName = (port: number): string => AMPLIFIERS.get(port)?.[0] ?? ''
export const isAmplified = (port: number, meanBytes: number): boolean => {
  const known = AMPLIFIERS.get(port)
  return known !== undefined && meanBytes >= known[1]
}
