/** Compiles what stands beside us in C: kernel programs with clang, others against libbpf. */
import { execFileSync } from 'node:child_process'
import { basename, join } from 'node:path'

const BPF_SOURCES = join(import.meta.dirname, '../../bpf')
const ARCHITECTURE = process.arch === 'arm64' ? 'aarch64' : 'x86_64'

const run = (file: string, args: string[]) =>
  execFileSync(file, args, { stdio: ['ignore', 'inherit', 'inherit'] })

/** Returns the path of the object file. */
export const compileBpf = (source: string, folder: string): string => {
  const object = join(folder, `${basename(source, '.c')}.o`)
  run('clang', [
    '-O2',
    '-g',
    '-Wall',
    '-Werror',
    '-target',
    'bpf',
    '-mcpu=v3',
    `-I/usr/include/${ARCHITECTURE}-linux-gnu`,
    `-I${BPF_SOURCES}`,
    '-c',
    source,
    '-o',
    object,
  ])
  return object
}

/** Returns the path of the program. */
export const compileC = (
  source: string,
  folder: string,
  link: readonly string[] = ['-lbpf', '-lpthread'],
): string => {
  const program = join(folder, basename(source, '.c'))
  run('cc', ['-O2', '-Wall', '-Werror', `-I${BPF_SOURCES}`, '-o', program, source, ...link])
  return program
}
