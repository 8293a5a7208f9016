/** Versions of kernels. */

export type Version = readonly [major: number, minor: number]

/** Whether `release`, such as `6.1.0-18-amd64`, is `since` or newer. */
export const atLeast = (release: string, [major, minor]: Version): boolean => {
  const [a = 0, b = 0] = release.split('.').map((part) => Number.parseInt(part, 10))
  return a > major || (a === major && b >= minor)
}
