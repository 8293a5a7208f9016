/** The supervisor with real processes and real signals. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FAST, openDiary, patientScript, shellProgram, type Diary } from './fake-program.ts'
import type { Program } from './program.ts'
import { createSupervisor, type Supervisor } from './supervisor.ts'

let diary: Diary
let supervisor: Supervisor | undefined
let said: string[]

beforeEach(() => {
  diary = openDiary()
  said = []
})
afterEach(async () => {
  await supervisor?.stop()
  diary.remove()
})

const superviseWith = (...programs: Program[]): Supervisor => {
  supervisor = createSupervisor(programs, { say: (line) => said.push(line), timing: FAST })
  supervisor.start()
  return supervisor
}
const patient = (name: string): Program => shellProgram(name, patientScript(name), diary)

test('starts all programs and stops them in reverse order', async () => {
  const { stop, done } = superviseWith(patient('server'), patient('agent'))
  await diary.saw('server-started')
  await diary.saw('agent-started')
  await stop()
  expect(await done).toBe(0)
  expect(diary.words().slice(2)).toEqual(['agent-stopped', 'server-stopped'])
})

test('starts a killed program again and leaves the other alone', async () => {
  const { pid } = superviseWith(patient('server'), patient('agent'))
  await diary.saw('server-started')
  await diary.saw('agent-started')
  const serverPid = pid('server')
  process.kill(pid('agent')!, 'SIGKILL')
  await diary.saw('agent-started', 2)
  expect(pid('server')).toBe(serverPid)
  expect(said).toEqual(['agent was killed by SIGKILL; starting it again in 0.02 s'])
})

test('waits longer before each further restart, up to a limit', async () => {
  superviseWith(shellProgram('agent', 'write tried; exit 1', diary))
  await diary.saw('tried', 5)
  const pauses = said.slice(0, 4).map((line) => /again in (.*) s$/.exec(line)?.[1])
  expect(pauses).toEqual(['0.02', '0.04', '0.08', '0.1'])
})

test('begins with the short pause again after a healthy run', async () => {
  const timing = { ...FAST, healthyMs: 1 }
  supervisor = createSupervisor([shellProgram('agent', 'write tried; sleep 0.05; exit 1', diary)], {
    say: (line) => said.push(line),
    timing,
  })
  supervisor.start()
  await diary.saw('tried', 4)
  expect(new Set(said.map((line) => /again in (.*) s$/.exec(line)?.[1]))).toEqual(new Set(['0.02']))
})

test('ends with code 2, and stops the others, when a program refuses its configuration', async () => {
  const { done } = superviseWith(
    patient('server'),
    shellProgram(
      'agent',
      'while ! grep -q server-started diary; do sleep 0.02; done; exit 2',
      diary,
    ),
  )
  expect(await done).toBe(2)
  expect(diary.words()).toEqual(['server-started', 'server-stopped'])
  expect(said).toEqual(['agent refuses to start, see above'])
})

test('kills a program that ignores SIGTERM', async () => {
  const stubborn = shellProgram(
    'agent',
    "trap '' TERM; write started; while :; do sleep 0.05; done",
    diary,
  )
  const { stop, done, pid } = superviseWith(stubborn)
  await diary.saw('started')
  const stubbornPid = pid('agent')!
  await stop()
  expect(await done).toBe(0)
  expect(said).toEqual(['agent did not stop within 0.3 s: killed'])
  expect(() => process.kill(stubbornPid, 0)).toThrow('ESRCH')
})

test('tells that a command does not exist, and tries again', async () => {
  superviseWith({ ...patient('agent'), command: ['/nonexistent/program'] })
  await expect.poll(() => said.length).toBeGreaterThan(1)
  expect(said[0]).toBe(
    'agent cannot be started (spawn /nonexistent/program ENOENT); starting it again in 0.02 s',
  )
})

test('passes on what a program writes, line by line', async () => {
  const shown: string[] = []
  const talker = shellProgram('agent', 'echo one; echo two >&2; sleep 5', diary)
  const show = (name: string, line: string): void => void shown.push(`${name}: ${line}`)
  supervisor = createSupervisor([talker], { say: () => {}, show, timing: FAST })
  supervisor.start()
  await expect.poll(() => shown.toSorted()).toEqual(['agent: one', 'agent: two'])
})

test('stops while a program waits for its restart', async () => {
  const { stop, done } = superviseWith(shellProgram('agent', 'exit 1', diary))
  await expect.poll(() => said.length).toBeGreaterThan(0)
  await stop()
  expect(await done).toBe(0)
})
