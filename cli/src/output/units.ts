/** Figures with their units, as people read them. */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

/** Decimal units, three digits: `1.23 MB`. */
export const formatBytes = (bytes: number): string => {
  const power = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** power
  const digits = power === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
  return `${value.toFixed(digits)} ${UNITS[power]}`
}

/** `12.3 kB/s` */
export const formatRate = (bytesPerSecond: number): string => `${formatBytes(bytesPerSecond)}/s`

/** `850 ms`, `12.3 s`, `4:05`, `3:04:05`, `12 d 3:04:05` */
export const formatDuration = (ms: number): string => {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.floor(ms / 1000)
  const two = (value: number) => String(value % 60).padStart(2, '0')
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}:${two(seconds)}`
  const hours = Math.floor(minutes / 60)
  return `${hours < 24 ? hours : `${Math.floor(hours / 24)} d ${hours % 24}`}:${two(minutes)}:${two(seconds)}`
}

/** As a network measures it, three digits below a second: `0.08 ms`, `12.3 ms`, `850 ms`, `1.5 s`. */
export const formatLatency = (ms: number): string => {
  if (ms >= 99.95) return formatDuration(ms)
  return `${ms.toFixed(ms < 9.995 ? 2 : 1)} ms`
}

const two = (value: number): string => String(value).padStart(2, '0')

/** Local time of day, with the date before it when that is not the day of `nowMs`. */
export const formatTime = (iso: string, nowMs: number): string => {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return ''
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
  const isToday = at.toDateString() === new Date(nowMs).toDateString()
  return `${isToday ? '' : `${day} `}${time}.${String(at.getMilliseconds()).padStart(3, '0')}`
}
