/** A process that runs until it is told to end; keeps what it prints. */
import { spawn } from 'node:child_process'
import type { Undo } from './undo.ts'

export interface RunningProcess {
  pid: number
  /** Everything printed so far, both streams. */
  output(): string
  /** Resolves with the first match in its output; rejects when it ends or after 60 s. */
  printed(pattern: RegExp): Promise<RegExpExecArray>
  /** Sends a signal and waits for its end. */
  end(signal?: NodeJS.Signals): Promise<void>
}

const LIMIT_MS = 60_000

export const startProcess = (
  [file = '', ...args]: readonly string[],
  undo: Undo,
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): RunningProcess => {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
  let text = ''
  let ended = false
  const onText: (() => void)[] = []
  const tell = () => onText.forEach((on) => on())
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      tell()
    })
  }
  const finished = new Promise<void>((resolve) => {
    const end = (error?: Error) => {
      if (error) text += String(error)
      ended = true
      tell()
      resolve()
    }
    child.on('exit', () => end())
    child.on('error', end)
  })
  undo.add(() => {
    if (!ended) child.kill('SIGTERM')
  })
  return {
    pid: child.pid ?? 0,
    output: () => text,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => fail('said nothing of the kind'), LIMIT_MS)
        const fail = (what: string) => {
          clearTimeout(timer)
          reject(new Error(`${file} ${args.join(' ')} ${what}, waiting for ${pattern}:\n${text}`))
        }
        const look = () => {
          const found = pattern.exec(text)
          if (found) {
            clearTimeout(timer)
            resolve(found)
          } else if (ended) fail('ended')
        }
        onText.push(look)
        look()
      }),
    end: async (signal = 'SIGTERM') => {
      if (!ended) child.kill(signal)
      await finished
    },
  }
}
