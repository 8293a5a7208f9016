/** A checkout whose agent and server write down what they are, in a folder that only root may enter. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Settings } from './settings.ts'

/** What a fake process found out about itself. */
export interface Found {
  uid: number
  groups: number[]
  capabilities: string[]
  noNewPrivileges: string
  umask: number
  cwd: string
  /** Whether it could write into the checkout, and list the folder around it. */
  wroteIntoCheckout: boolean
  neighbours: string[]
  arguments: string[]
}

const MAIN = (report: string): string => `
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
const status = readFileSync('/proc/self/status', 'utf8')
const line = (name) => new RegExp(name + ':\\\\s*(.*)').exec(status)[1]
const root = new URL('../..', import.meta.url).pathname
let wroteIntoCheckout = true
try { writeFileSync(root + 'mine', '') } catch { wroteIntoCheckout = false }
writeFileSync(${JSON.stringify(report)}, JSON.stringify({
  uid: process.getuid(), groups: process.getgroups(), umask: process.umask(), cwd: process.cwd(),
  capabilities: ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map(line),
  noNewPrivileges: line('NoNewPrivs'), wroteIntoCheckout, neighbours: readdirSync(root + '..'),
  arguments: process.argv.slice(2),
}))
setInterval(() => {}, 1000)
`

/** Becomes the command, as the agent's does. */
const PREPARE = `process.execve('/usr/bin/env', ['env', ...process.argv.slice(3)], process.env)`

export interface FakeCheckout {
  root: string
  settings: Settings
  report(part: 'agent' | 'server'): Found
  remove(): void
}

/** Makes it under `parent`, which is to be a folder of mode 700. */
export const makeFakeCheckout = (parent: string): FakeCheckout => {
  const around = mkdtempSync(join(parent, 'netscope-test-'))
  const runDir = mkdtempSync('/run/netscope-test-')
  const root = join(around, 'checkout')
  const dataDir = join(root, 'data')
  const reports = { agent: join(dataDir, 'report'), server: join(runDir, 'report') }
  mkdirSync(join(around, 'private-of-root'))
  for (const part of ['agent', 'server'] as const) {
    mkdirSync(join(root, part, 'src'), { recursive: true })
    writeFileSync(join(root, part, 'src', 'main.ts'), MAIN(reports[part]))
    writeFileSync(join(root, part, 'package.json'), '{"type":"module"}')
  }
  mkdirSync(join(root, 'agent/src/prepare'))
  writeFileSync(join(root, 'agent/src/prepare/main.ts'), PREPARE)
  const settings = {
    source: 'ebpf',
    host: '127.0.0.1',
    port: 0,
    tlsFiles: [],
    agentFiles: [],
    agentFolders: [],
    secrets: {},
    dataDir,
    storageDir: join(dataDir, 'server'),
    runDir,
    socketDir: runDir,
    flags: ['--x=1'],
  }
  return {
    root,
    settings,
    report: (part) => JSON.parse(readFileSync(reports[part], 'utf8')) as Found,
    remove: () =>
      [around, runDir].forEach((path) => rmSync(path, { recursive: true, force: true })),
  }
}
