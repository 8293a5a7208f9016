/** Resident memory of a process. */
import { readFileSync } from 'node:fs'

/** MiB: all of it, its own, and mapped kernel tables. */
export const memoryOf = (pid: number): { resident: number; own: number; mapped: number } => {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8')
  const mib = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) / 1024
  return { resident: mib('VmRSS'), own: mib('RssAnon'), mapped: mapped(pid) }
}

/** BPF maps appear in smaps as anonymous inodes. */
const mapped = (pid: number): number => {
  let within = false
  let total = 0
  for (const line of readFileSync(`/proc/${pid}/smaps`, 'utf8').split('\n')) {
    if (/^[0-9a-f]+-/.test(line)) within = line.includes('bpf-map')
    else if (within && line.startsWith('Rss:')) total += Number(/\d+/.exec(line)?.[0])
  }
  return total / 1024
}
