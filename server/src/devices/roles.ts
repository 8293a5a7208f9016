/** What a device seems to be: guesses, each with what it rests on. */
import type { Service } from './facts/fact.ts'

/** The first one that a device has is what it is called. */
export const ROLES = [
  'this host',
  'router',
  'DHCP server',
  'DNS server',
  'printer',
  'camera',
  'file server',
  'media player',
  'home automation',
  'time server',
  'computer',
] as const
export type RoleName = (typeof ROLES)[number]

const BY_SERVICE: Readonly<Record<string, RoleName>> = {
  '_ipp._tcp': 'printer',
  '_ipps._tcp': 'printer',
  '_printer._tcp': 'printer',
  '_pdl-datastream._tcp': 'printer',
  '_scanner._tcp': 'printer',
  '_uscan._tcp': 'printer',
  '_rtsp._tcp': 'camera',
  '_axis-video._tcp': 'camera',
  '_smb._tcp': 'file server',
  '_afpovertcp._tcp': 'file server',
  '_nfs._tcp': 'file server',
  '_adisk._tcp': 'file server',
  '_airplay._tcp': 'media player',
  '_raop._tcp': 'media player',
  '_googlecast._tcp': 'media player',
  '_spotify-connect._tcp': 'media player',
  '_sonos._tcp': 'media player',
  '_hap._tcp': 'home automation',
  '_hap._udp': 'home automation',
  '_matter._tcp': 'home automation',
  '_matterc._udp': 'home automation',
  '_home-assistant._tcp': 'home automation',
  '_hue._tcp': 'home automation',
  '_workstation._tcp': 'computer',
  '_rdlink._tcp': 'computer',
  '_companion-link._tcp': 'computer',
}

const BY_PORT: Readonly<Record<string, RoleName>> = {
  'TCP 53': 'DNS server',
  'UDP 53': 'DNS server',
  'TCP 853': 'DNS server',
  'UDP 67': 'DHCP server',
  'UDP 123': 'time server',
  'TCP 139': 'file server',
  'TCP 445': 'file server',
  'TCP 2049': 'file server',
  'TCP 515': 'printer',
  'TCP 631': 'printer',
  'TCP 9100': 'printer',
  'TCP 554': 'camera',
  'TCP 3389': 'computer',
}

export const roleOfService = ({ type }: Service): RoleName | undefined => BY_SERVICE[type]
/** `port` as `TCP 53`. */
export const roleOfPort = (port: string): RoleName | undefined => BY_PORT[port]

/** The one that a device is called by; empty: nothing is known. */
export const mainRole = (roles: Iterable<RoleName>): RoleName | '' => {
  const all = new Set(roles)
  return ROLES.find((role) => all.has(role)) ?? ''
}
