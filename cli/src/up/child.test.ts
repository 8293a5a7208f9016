/** What becomes of a program when its supervisor is killed. */
import { spawn } from 'node:child_process'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDiary, patientScript, type Diary } from './fake-program.ts'

const SUPERVISOR = `
import { createSupervisor } from ${JSON.stringify(new URL('supervisor.ts', import.meta.url).href)}
import { asSelf } from ${JSON.stringify(new URL('privileges.ts', import.meta.url).href)}
const script = 'write() { echo "$1" >>diary; }\\n' + process.argv[1]
createSupervisor([{ name: 'agent', command: asSelf(['sh', '-c', script]), env: process.env,
  cwd: process.cwd(), umask: 0o022 }], { say() {} }).start()`

let diary: Diary

beforeEach(() => {
  diary = openDiary()
})
afterEach(() => diary.remove())

test('a program is told to stop when its supervisor is killed', async () => {
  const arguments_ = ['--input-type=module', '-e', SUPERVISOR, patientScript('agent')]
  const supervisor = spawn(process.execPath, arguments_, { cwd: diary.folder, stdio: 'inherit' })
  await diary.saw('agent-started')
  supervisor.kill('SIGKILL')
  await diary.saw('agent-stopped')
  expect(diary.words()).toEqual(['agent-started', 'agent-stopped'])
})
