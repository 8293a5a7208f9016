/** Which Host headers are ours: another name that leads here is how a page of the internet would reach us. */
import { isIP } from 'node:net'
import { NetscopeError } from '@netscope/core/errors.ts'
import type { FastifyRequest } from 'fastify'

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])\.?$/i
const PORT = /:\d{1,5}$/

export interface HostConfig {
  /** Names beside `localhost`. */
  hosts: readonly string[]
  /** Other machines reach us: then any address will do, because only names can be made to lead elsewhere. */
  isReachable: boolean
}

/** Checks the Host header of a request; throws `request.forbidden-host`. */
export const createHostCheck = ({ hosts, isReachable }: HostConfig) => {
  const names = new Set(hosts.map((name) => name.toLowerCase()))

  const isOurs = (host: string): boolean => {
    if (LOOPBACK_HOST.test(host)) return true
    if (names.has(host.toLowerCase().replace(/\.$/, ''))) return true
    return isReachable && isIP(host.replace(/^\[|\]$/g, '')) !== 0
  }

  return (request: FastifyRequest): void => {
    const host = request.host ?? ''
    if (!isOurs(host.replace(PORT, '')))
      throw new NetscopeError('request.forbidden-host', {
        host: JSON.stringify(host.slice(0, 256)),
      })
  }
}
