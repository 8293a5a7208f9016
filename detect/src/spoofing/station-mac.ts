/** What a MAC address tells of who may use it beside its owner. */

/** One station's: no group address, not 00:00:00:00:00:00, which means none. */
export const isStation = (mac: string): boolean =>
  mac.length === 17 &&
  mac !== '00:00:00:00:00:00' &&
  (Number.parseInt(mac.slice(0, 2), 16) & 1) === 0

/** VRRP and CARP of both families (RFC 9568 section 7.3), HSRP 1 and 2, HSRP for IPv6, GLBP. */
const SHARED = [
  '00:00:5e:00:01:',
  '00:00:5e:00:02:',
  '00:00:0c:07:ac:',
  '00:00:0c:9f:f',
  '00:05:73:a0:0',
  '00:07:b4:',
]

/** Machines that stand in for each other pass this address on. */
export const isShared = (mac: string): boolean => SHARED.some((prefix) => mac.startsWith(prefix))

/** Made up by software: phones that hide, containers, virtual machines. */
export const isMadeUp = (mac: string): boolean => (Number.parseInt(mac.slice(0, 2), 16) & 2) !== 0
