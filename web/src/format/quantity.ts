/** Numbers for people: decimal units, three significant digits. */

const UNITS = ['', 'k', 'M', 'G', 'T', 'P']
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** Three significant digits of `value` with a decimal prefix: 999, '1.00 k', '12.3 M'. */
const scaled = (value: number): [digits: string, prefix: string] => {
  if (!Number.isFinite(value)) return ['–', '']
  let step = 0
  let rest = Math.abs(value)
  // 999.5 would be printed as 1000 of the smaller unit.
  while (rest >= 999.5 && step < UNITS.length - 1) {
    rest /= 1000
    step++
  }
  const digits = step === 0 ? smallDigits(rest) : rest < 9.995 ? 2 : rest < 99.95 ? 1 : 0
  return [`${value < 0 ? '−' : ''}${rest.toFixed(digits)}`, UNITS[step] ?? '']
}

const smallDigits = (value: number) =>
  value === 0 || Number.isInteger(value) || value >= 10 ? 0 : 1

/** Bytes with a decimal unit: '0 B', '1.50 kB', '12.3 MB'. */
export const formatBytes = (bytes: number): string => {
  const [digits, prefix] = scaled(Math.round(bytes))
  return `${digits} ${prefix}B`
}

/** Bytes per second: '1.50 kB/s'. */
export const formatRate = (bytesPerSecond: number): string => `${formatBytes(bytesPerSecond)}/s`

/** A count in short: '999', '12.3k', '1.20M'. */
export const formatCount = (count: number): string => scaled(count).join('')

/** A count in full: '1,234,567'. */
export const formatExact = (count: number): string => whole.format(count)

/** '1 packet', '1,204 packets'. */
export const formatPackets = (count: number): string =>
  `${formatExact(count)} ${count === 1 ? 'packet' : 'packets'}`

/** Share of one as per cent; only a whole one is '100 %', and what is above zero is never '0 %'. */
export const formatShare = (share: number): string => {
  const percent = share * 100
  if (percent >= 100) return percent > 100.05 ? `${percent.toFixed(1)} %` : '100 %'
  if (percent > 99.99) return '99.99 %'
  if (percent > 0 && percent < 0.01) return '< 0.01 %'
  return `${percent.toFixed(percent > 99 ? 2 : percent >= 10 ? 1 : 2).replace(/\.0+$/, '')} %`
}
