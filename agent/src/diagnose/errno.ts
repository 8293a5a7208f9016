/** Numbers of errors that the kernel answers probes with (include/uapi/asm-generic/errno*.h). */
import { getSystemErrorName } from 'node:util'

export const ERRNO = {
  EPERM: -1,
  ENOENT: -2,
  E2BIG: -7,
  EAGAIN: -11,
  ENOMEM: -12,
  EACCES: -13,
  EBUSY: -16,
  ENODEV: -19,
  EINVAL: -22,
  EOPNOTSUPP: -95,
  ENOTSUPP: -524,
} as const

/** `EPERM` for -1; ENOTSUPP, which the kernel should keep for itself, by name too. */
export const errnoName = (errno: number): string => {
  if (errno === ERRNO.ENOTSUPP) return 'ENOTSUPP'
  const name = getSystemErrorName(errno)
  return name.startsWith('E') ? name : `errno ${-errno}`
}
