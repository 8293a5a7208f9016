/** The two sides of a flow in words. */
import type { FlowRow } from './field.ts'

type Side = 'src' | 'dst'

const WITHOUT_PORTS = new Set(['ICMP', 'ICMPv6'])

/** ICMP's types stand in the port fields; other protocols without ports have 0 there. */
export const hasPorts = ({ protocol, srcPort, dstPort }: FlowRow): boolean =>
  !WITHOUT_PORTS.has(protocol) && srcPort + dstPort > 0

/** `10.0.0.5:443`, `[2001:db8::1]:443`; without port where there is none. */
export const addressAndPort = (flow: FlowRow, side: Side): string => {
  const [address, port] = [flow[side], flow[`${side}Port`]]
  if (!hasPorts(flow)) return address
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

/** What the client asked for: DNS name, else the server name in TLS, else the host in HTTP. */
export const nameOf = (flow: FlowRow, side: Side): string =>
  side === 'src' ? flow.srcName : flow.dstName || flow.sni || flow.httpHost

/** `example.com (93.184.216.34):443`, or the address alone. */
export const endpointText = (flow: FlowRow, side: Side): string => {
  const name = nameOf(flow, side)
  if (!name) return addressAndPort(flow, side)
  const port = hasPorts(flow) ? `:${flow[`${side}Port`]}` : ''
  return `${name} (${flow[side]})${port}`
}

/** `curl[4711]`, with its container where it has one: `curl[4711] docker:0123456789ab`. */
export const processText = (flow: FlowRow, side: Side): string => {
  const [command, pid] = [flow[`${side}Process`], flow[`${side}Pid`]]
  const container = flow[`${side}Container`]
  if (!command && !pid) return ''
  return `${command}${pid ? `[${pid}]` : ''}${container ? ` ${container}` : ''}`
}
