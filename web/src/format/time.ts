/** Times and durations for people. */

const two = (value: number) => String(Math.floor(value)).padStart(2, '0')

/** A duration in its two largest units: '0.4 s', '12 s', '3 min 05 s', '2 h 10 min', '3 d 4 h'. */
export const formatDuration = (ms: number): string => {
  const s = Math.max(0, ms) / 1000
  if (s < 10) return `${s.toFixed(1)} s`
  if (s < 60) return `${Math.floor(s)} s`
  if (s < 3600) return `${Math.floor(s / 60)} min ${two(s % 60)} s`
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${two((s % 3600) / 60)} min`
  return `${Math.floor(s / 86_400)} d ${Math.floor((s % 86_400) / 3600)} h`
}

/** The same in one unit, for narrow columns: '4 s', '3 min', '2 h', '3 d'. */
export const formatAge = (ms: number): string => {
  const s = Math.max(0, ms) / 1000
  if (s < 60) return `${Math.floor(s)} s`
  if (s < 3600) return `${Math.floor(s / 60)} min`
  return s < 86_400 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 86_400)} d`
}

/** A short time with three digits: '87 µs', '4.20 ms', '240 ms', '1.30 s'. */
export const formatLatency = (ms: number): string => {
  if (ms < 0.9995) return `${Math.round(ms * 1000)} µs`
  if (ms < 9.995) return `${ms.toFixed(2)} ms`
  if (ms < 99.95) return `${ms.toFixed(1)} ms`
  return ms < 999.5 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(2)} s`
}

/** Local date and time with milliseconds: '2026-11-21 02:00:24.123'. */
export const formatDateTime = (ms: number): string => {
  const d = new Date(ms)
  if (Number.isNaN(d.getTime())) return '–'
  const date = `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`
  return `${date} ${formatClock(ms)}.${String(d.getMilliseconds()).padStart(3, '0')}`
}

/** Local time of day: '02:00:24'. */
export const formatClock = (ms: number): string => {
  const d = new Date(ms)
  return `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`
}

const ISO = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g

/** A sentence of the server with its moments (ISO 8601, UTC) in local time: 'until 2026-11-21 02:00:24'. */
export const withLocalTimes = (text: string): string =>
  text.replaceAll(ISO, (iso) => formatDateTime(Date.parse(iso)).slice(0, 19))
