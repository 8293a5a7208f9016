/** Open files that outlive execve(2): Node closes its own there. */
import { closeSync, readFileSync, writeSync } from 'node:fs'
import koffi from 'koffi'

const libc = koffi.load('libc.so.6')
const control = libc.func('int fcntl(int fd, int command, int argument)')
const memfdCreate = libc.func('int memfd_create(const char *name, uint32_t flags)')

const F_SETFD = 2

/** Takes the close-on-exec flag off; returns the descriptor. */
export const keepOpen = (fd: number): number => {
  if ((control(fd, F_SETFD, 0) as number) < 0) throw new Error(`fcntl of descriptor ${fd}`)
  return fd
}

/** A file in memory only (memfd_create(2)) that holds `text`; stays open over execve. */
export const memoryFile = (text: string): number => {
  const fd = memfdCreate('netscope', 0) as number
  if (fd < 0) throw new Error('memfd_create')
  writeSync(fd, text)
  return fd
}

/** Text of a file that was made by memoryFile in the process that became this one; read once. */
export const readMemoryFile = (fd: number): string => {
  try {
    return readFileSync(`/proc/self/fd/${fd}`, 'utf8')
  } finally {
    closeSync(fd)
  }
}
