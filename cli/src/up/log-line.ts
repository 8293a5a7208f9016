/** The log lines of agent and server (JSON of pino) as people read them on a terminal. */

const LEVELS: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: '',
  40: 'WARNING',
  50: 'ERROR',
  60: 'FATAL',
}
/** Said by the line itself, or of no use on a terminal. */
const HIDDEN = new Set([
  'level',
  'time',
  'component',
  'msg',
  'pid',
  'hostname',
  'v',
  'remedy',
  'err',
])

/** `12:34:56 agent: WARNING message (key=value) → remedy`; a line that is no JSON object stays as it is. */
export const readableLine = (name: string, line: string): string => {
  const fields = parse(line)
  if (!fields || typeof fields['msg'] !== 'string') return line
  const { level, component, msg, remedy, err } = fields
  const rest = Object.entries(fields)
    .filter(([key]) => !HIDDEN.has(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  return [
    clock(fields['time']),
    `${typeof component === 'string' ? component : name}:`,
    LEVELS[Number(level)] ?? '',
    msg,
    rest.length === 0 ? '' : `(${rest.join(', ')})`,
    typeof remedy === 'string' ? `→ ${remedy}` : '',
    stackOf(err),
  ]
    .filter((part) => part !== '')
    .join(' ')
}

const parse = (line: string): Record<string, unknown> | undefined => {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch {
    return undefined
  }
}

/** Local time of day, as on the user's own clock. */
const clock = (time: unknown): string => {
  const date = new Date(typeof time === 'number' || typeof time === 'string' ? time : Number.NaN)
  return Number.isNaN(date.getTime()) ? '' : date.toTimeString().slice(0, 8)
}

const stackOf = (err: unknown): string => {
  const stack = (err as { stack?: unknown } | undefined)?.stack
  return typeof stack === 'string' ? `\n${stack}` : ''
}
