/** A process of ours that answers every line on its standard input with one line. */
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Undo } from './undo.ts'

export interface LineProcess {
  pid: number
  /** Sends a line and waits for the answer; throws when the process ends instead. */
  ask(line: string): Promise<string>
  /** Waits for one more line. */
  next(): Promise<string>
  stop(): void
}

/** `fds` are handed on as 3, 4, …: file descriptors of BPF maps and programs are inherited like any other. */
export const startLineProcess = (
  command: readonly string[],
  undo: Undo,
  fds: readonly number[] = [],
): LineProcess => {
  const [file = '', ...args] = command
  const stdio: StdioOptions = ['pipe', 'pipe', 'inherit', ...fds]
  const child = spawn(file, args, { stdio })
  const lines: string[] = []
  const waiting: { resolve(line: string): void; reject(error: Error): void }[] = []
  let ended: Error | undefined
  createInterface({ input: child.stdout! }).on('line', (line) => {
    const first = waiting.shift()
    if (first) first.resolve(line)
    else lines.push(line)
  })
  const end = (error: Error) => {
    ended = error
    waiting.splice(0).forEach(({ reject }) => reject(error))
  }
  child.on('error', end)
  child.on('exit', (code, signal) =>
    end(new Error(`${file} ${args.join(' ')} ended (${signal ?? code})`)),
  )
  child.stdin!.on('error', () => undefined)
  const next = () =>
    new Promise<string>((resolve, reject) => {
      const line = lines.shift()
      if (line !== undefined) resolve(line)
      else if (ended) reject(ended)
      else waiting.push({ resolve, reject })
    })
  return {
    pid: child.pid ?? 0,
    next,
    ask: (line) => {
      child.stdin!.write(`${line}\n`)
      return next()
    },
    stop: undo.add(() => kill(child)),
  }
}

const kill = (child: ChildProcess): void => {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
}

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
