/** A time as people read it on this machine's clock. */

/** 0 is never. */
export const timeText = (ms: number): string =>
  ms === 0 ? 'never' : new Date(ms).toLocaleString('sv').slice(0, 16)
