/** A time as date and minute of the reader's clock. */

/** 0 is never. */
export const dateOf = (ms: number): string => {
  if (ms === 0) return 'never'
  const two = (value: number) => String(value).padStart(2, '0')
  const date = new Date(ms)
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`
}
