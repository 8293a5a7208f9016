/** For how long alerts can be silenced. */

export const SILENCE_CHOICES: readonly (readonly [seconds: string, text: string])[] = [
  ['3600', 'for 1 hour'],
  ['28800', 'for 8 hours'],
  ['86400', 'for 1 day'],
  ['604800', 'for 1 week'],
  ['2592000', 'for 30 days'],
  ['31536000', 'for a year'],
]
export const USUAL_SILENCE = '2592000'
