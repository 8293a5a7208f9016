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
import { openLibbpf } from './kernel-types.ts'
import type { System } from './system.ts'
import { createSystemCalls } from './system-calls.ts'

const RUN_TIMEOUT_MS = 1000
const MAX_OUTPUT_BYTES = 16 << 20
const EIO = -5

const errnoOf = (error: unknown): number => (error as NodeJS.ErrnoException).errno ?? EIO

const attempt = <T>(action: () => T): T | number => {
  try {
    return action()
  } catch (error) {
    return errnoOf(error)
  }
}

const run: System['run'] = (command, args, input) =>
  new Promise((resolve) => {
    const child = execFile(
      command,
      args,
      { encoding: 'utf8', timeout: RUN_TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES },
      (error, stdout) => {
        const code = error === null ? 0 : error.code
        resolve({ code: typeof code === 'number' ? code : undefined, stdout })
      },
    )
    child.stdin?.on('error', () => undefined) // it has ended without reading
    child.stdin?.end(input)
  })

export const createMachineSystem = (): System => ({
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
  run,
  makeFolder: (path) => Number(attempt(() => mkdirSync(path)) ?? 0),
  removeFolder: (path) => void attempt(() => rmdirSync(path)),
  openFolder: (path) => attempt(() => openSync(path, constants.O_RDONLY | constants.O_DIRECTORY)),
  calls: createSystemCalls(),
  libbpf: openLibbpf(),
})
