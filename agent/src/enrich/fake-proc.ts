/** A /proc folder for tests, with processes that come, exec and end when the test says so. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface FakeProcess {
  command: string
  startTicks: number
  argv?: string[]
  exe?: string
  cgroup?: string
  state?: string
  parent?: number
  /** Place of the stack; differs after exec. */
  stack?: number
}

/** A file instead of a link as `exe` can't be read as one. */
export const createFakeProc = () => {
  const root = mkdtempSync(join(tmpdir(), 'netscope-proc-'))
  const end = (pid: number): void => rmSync(join(root, `${pid}`), { recursive: true, force: true })
  return {
    root,
    uptime: (seconds: number): void => writeFileSync(join(root, 'uptime'), `${seconds} 1.00\n`),
    run(pid: number, one: FakeProcess): void {
      end(pid)
      const folder = join(root, `${pid}`)
      mkdirSync(folder)
      const fields = Array.from({ length: 50 }, () => '0')
      fields[0] = one.state ?? 'S'
      fields[1] = `${one.parent ?? 1}`
      fields[19] = `${one.startTicks}`
      fields[25] = `${one.stack ?? 1}`
      writeFileSync(join(folder, 'stat'), `${pid} (${one.command}) ${fields.join(' ')}\n`)
      writeFileSync(join(folder, 'cmdline'), (one.argv ?? []).map((arg) => `${arg}\0`).join(''))
      writeFileSync(join(folder, 'cgroup'), one.cgroup ?? '0::/\n')
      if (one.exe !== undefined) symlinkSync(one.exe, join(folder, 'exe'))
    },
    end,
    namespace(link: string): void {
      mkdirSync(join(root, 'self/ns'), { recursive: true })
      symlinkSync(link, join(root, 'self/ns/pid'))
    },
    remove: (): void => rmSync(root, { recursive: true, force: true }),
  }
}
