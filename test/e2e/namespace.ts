/** Network namespaces of labs: taken away with what runs in them, also those of a test run that was killed. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const ip = (...args: string[]) => execFileSync('ip', args, { encoding: 'utf8', stdio: 'pipe' })

export const removeNamespace = (name: string): void => {
  const left = ip('netns', 'pids', name).trim()
  for (const pid of left ? left.split('\n') : []) {
    try {
      process.kill(Number(pid), 'SIGKILL')
    } catch {
      // It has ended by itself meanwhile.
    }
  }
  ip('netns', 'del', name)
}

/** nsa-PID-1, nsf-a-PID: the process that made it. */
const OF_LAB = /^ns(?:[abc]|f-[sab])-(?<pid>\d+)(?:-|$)/

/** Those whose process is gone. */
export const removeLeftNamespaces = (): void => {
  for (const line of ip('netns', 'list').trim().split('\n')) {
    const [name = ''] = line.split(' ')
    const pid = OF_LAB.exec(name)?.groups?.['pid']
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue
    try {
      removeNamespace(name)
    } catch {
      // Another test run was faster.
    }
  }
}
