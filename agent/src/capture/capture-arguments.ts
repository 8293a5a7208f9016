/** Reads the arguments of `capture.start`, unchecked JSON; throws ArgumentError. */
import { KEY_BYTES } from '@netscope/core/slot.ts'
import type { CaptureFilter, CaptureLimits } from '@netscope/core/wire.ts'
import { ArgumentError } from '../argument-error.ts'
import { MAX_SNAP_LENGTH, MIN_SNAP_LENGTH } from './captured-packet.ts'

const MAX_SECONDS = 600
const MAX_BEFORE_SECONDS = 86_400
const MIN_BYTES = 4096
const MAX_BYTES = 1 << 30
const MAX_TEXT = 64
const KEY = new RegExp(`^[0-9a-f]{${2 * KEY_BYTES}}$`)

type Arguments = Record<string, unknown>

const objectOf = (args: Arguments, name: string): Arguments => {
  const value = args[name]
  if (typeof value === 'object' && value !== null) return value as Arguments
  throw new ArgumentError(`${name} must be an object`)
}

const numberIn = (args: Arguments, name: string, from: number, to: number): number => {
  const value = args[name]
  if (typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to)
    return value
  throw new ArgumentError(`${name} must be a whole number from ${from} to ${to}`)
}

const textOf = (args: Arguments, name: string): string => {
  const value = args[name]
  if (typeof value === 'string' && value.length > 0 && value.length <= MAX_TEXT) return value
  throw new ArgumentError(`${name} must be a text of up to ${MAX_TEXT} characters`)
}

export const captureFilterOf = (args: Arguments): CaptureFilter => {
  const given = objectOf(args, 'filter')
  const filter: CaptureFilter = {}
  if (given['ip'] !== undefined) filter.ip = textOf(given, 'ip')
  if (given['port'] !== undefined) filter.port = numberIn(given, 'port', 0, 65_535)
  if (given['protocol'] !== undefined) filter.protocol = numberIn(given, 'protocol', 0, 255)
  if (given['interface'] !== undefined) filter.interface = textOf(given, 'interface')
  if (given['key'] === undefined) return filter
  const { key } = given
  if (typeof key !== 'string' || !KEY.test(key))
    throw new ArgumentError(`key must be ${2 * KEY_BYTES} hexadecimal digits`)
  return { ...filter, key }
}

export const captureLimitsOf = (args: Arguments): CaptureLimits => {
  const given = objectOf(args, 'limits')
  const { beforeBytes, beforeSeconds } = given
  return {
    ...(beforeBytes !== undefined && { beforeBytes: numberIn(given, 'beforeBytes', 0, MAX_BYTES) }),
    ...(beforeSeconds !== undefined && {
      beforeSeconds: numberIn(given, 'beforeSeconds', 1, MAX_BEFORE_SECONDS),
    }),
    seconds: numberIn(given, 'seconds', 1, MAX_SECONDS),
    maxBytes: numberIn(given, 'maxBytes', MIN_BYTES, MAX_BYTES),
    snapLength: numberIn(given, 'snapLength', MIN_SNAP_LENGTH, MAX_SNAP_LENGTH),
  }
}
