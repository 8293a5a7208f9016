/** The real `System`: this machine. */
import { execFile } from 'node:child_process'
import {
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
} from 'node:fs'
import { release } from 'node:os'
import { atLeast, type Version } from './kernel-version.ts'
import { openLibbpf } from './kernel-types.ts'
import type { System } from './system.ts'
import { createSystemCalls } from './system-calls.ts'

const MAX_OUTPUT_BYTES = 16 << 20
const EIO = -5
/** Before it, maps count as locked memory. */
const LOCKED_MEMORY_UNTIL: Version = [5, 11]

const errnoOf = (error: unknown): number => (error as NodeJS.ErrnoException).errno ?? EIO

const attempt = <T>(action: () => T): T | number => {
  try {
    return action()
  } catch (error) {
    return errnoOf(error)
  }
}

const createRun =
  (timeout: number): System['run'] =>
  (command, args, input) =>
    new Promise((resolve) => {
      const child = execFile(
        command,
        args,
        { encoding: 'utf8', timeout, maxBuffer: MAX_OUTPUT_BYTES },
        (error, stdout) => {
          const code = error === null ? 0 : error.code
          resolve({ code: typeof code === 'number' ? code : undefined, stdout })
        },
      )
      child.stdin?.on('error', () => undefined) // it has ended without reading
      child.stdin?.end(input)
    })

/** Programs that run longer than `runTimeoutMs` are ended. */
export const createMachineSystem = (runTimeoutMs = 1000): System => ({
  release: release(),
  uid: process.getuid?.() ?? -1,
  read: (path) => {
    const text = attempt(() => readFileSync(path, 'utf8'))
    return typeof text === 'number' ? { errno: text } : { text }
  },
  readLink: (path) => {
    const target = attempt(() => readlinkSync(path))
    return typeof target === 'number' ? '' : target
  },
  list: (path) => {
    const names = attempt(() => readdirSync(path))
    return typeof names === 'number' ? [] : names
  },
  run: createRun(runTimeoutMs),
  makeFolder: (path) => Number(attempt(() => mkdirSync(path)) ?? 0),
  removeFolder: (path) => void attempt(() => rmdirSync(path)),
  openFolder: (path) => attempt(() => openSync(path, constants.O_RDONLY | constants.O_DIRECTORY)),
  calls: createSystemCalls(!atLeast(release(), LOCKED_MEMORY_UNTIL)),
  libbpf: openLibbpf(),
})
