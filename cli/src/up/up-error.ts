/** Why `netscope up` cannot run here, and what to do about it. */
export class UpError extends Error {
  override name = 'UpError'
}
