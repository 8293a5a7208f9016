/** Environment variables that look like a setting of ours but are none. */
import { envName, KEYS } from './names.ts'
import { suggest } from './suggest.ts'

const KNOWN = [...KEYS.keys()].map(envName)
const OTHERS = [
  'NETSCOPE_CONFIG',
  'NETSCOPE_RUN_DIR',
  'NETSCOPE_DEBUG',
  'NETSCOPE_SERVER',
  'NETSCOPE_URL',
  'NETSCOPE_TOKEN',
  'NETSCOPE_ADMIN_PASSWORD',
  'NETSCOPE_CGROUP_FD',
  'NETSCOPE_SOCKETS_FD',
]

const OF_KUBERNETES = /^NETSCOPE_SERVICE_|_(TCP|UDP)(_|$)/

const isSetting = (name: string): boolean =>
  KNOWN.includes(name) || KNOWN.includes(name.replace(/_FILE$/, '')) || OTHERS.includes(name)

/**
 * Warnings only: Kubernetes sets NETSCOPE_SERVER_PORT_8086_TCP and the like for a service of that name,
 * so such names are left out, and only those that are close to a setting are told.
 */
export const envWarnings = (env: Readonly<Record<string, string | undefined>>): string[] =>
  Object.keys(env)
    .filter((name) => name.startsWith('NETSCOPE_') && !isSetting(name) && !OF_KUBERNETES.test(name))
    .flatMap((name) => {
      const meant = suggest(name, KNOWN)
      return meant === undefined ? [] : [`${name} is not a setting: did you mean ${meant}?`]
    })
