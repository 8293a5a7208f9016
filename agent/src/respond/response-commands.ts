/** The commands of core/src/wire-response.ts: their arguments are unchecked JSON. */
import { parsePrefix } from '@netscope/core/prefix.ts'
import type { Termination } from '@netscope/core/wire-response.ts'
import { ArgumentError } from '../argument-error.ts'
import type { Limits } from './limits.ts'
import type { Pins } from './pins.ts'
import type { createTermination } from './termination.ts'
import type { Verifications } from './verification.ts'

type Arguments = Record<string, unknown>
/** By the name of the command; they reject with ArgumentError or NetscopeError. */
export type Executors = Readonly<Record<string, (args: Arguments) => Promise<Arguments>>>

interface ResponseParts {
  limits: Pick<Limits, 'add' | 'remove' | 'get'>
  pins: Pick<Pins, 'setNamed'>
  verifications: Verifications
  termination: Pick<ReturnType<typeof createTermination>, 'terminate'>
}

export const createResponseCommands = (parts: ResponseParts): Executors => ({
  terminate: async (args) => ({ ...(await parts.termination.terminate(terminationOf(args))) }),
  'limit.add': async ({ limits }) => {
    const added = parts.limits.add(arrayOf(limits, 'limits'))
    const prefixes = (limits as { prefix: string }[]).map(({ prefix }) => canonical(prefix))
    parts.verifications.begin(prefixes)
    return { added }
  },
  'limit.remove': async ({ prefixes }) => ({
    removed: parts.limits.remove(
      arrayOf(prefixes, 'prefixes').map((one) => (typeof one === 'string' ? canonical(one) : one)),
    ),
  }),
  'limit.get': async () => ({ limits: parts.limits.get() }),
  verify: async ({ prefix }) => ({ ...parts.verifications.verify(canonical(prefix)) }),
  'pin.set': async ({ pinned, except = [] }) => {
    parts.pins.setNamed(arrayOf(pinned, 'pinned'), arrayOf(except, 'except'))
    return {}
  },
})

const canonical = (prefix: unknown): string => {
  if (typeof prefix !== 'string') throw new ArgumentError('a prefix must be a text')
  return parsePrefix(prefix).text
}

const terminationOf = ({ prefix, port, protocol }: Arguments): Termination => {
  if (port !== undefined && !(Number.isInteger(port) && Number(port) > 0 && Number(port) < 65536))
    throw new ArgumentError('port must be 1 to 65535')
  if (protocol !== undefined && protocol !== 6 && protocol !== 17)
    throw new ArgumentError('protocol must be 6 (TCP) or 17 (UDP)')
  const text = canonical(prefix)
  if (text.endsWith('/0')) throw new ArgumentError(`${text}: it holds every address`)
  return {
    prefix: text,
    ...(port !== undefined && { port: Number(port) }),
    ...(protocol !== undefined && { protocol }),
  }
}

const arrayOf = (value: unknown, name: string): unknown[] => {
  if (Array.isArray(value)) return value
  throw new ArgumentError(`${name} must be an array`)
}
