/** Runs the C of bpf/ on this machine: what BTF doesn't tell, such as constants and pure functions. Needs clang. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const hasClang = spawnSync('clang', ['--version']).status === 0

/** Value of a C expression, unsigned, that uses a header of bpf/ and `n`, for each `n`. */
export const runC = (header: string, expression: string, numbers: readonly number[]): number[] => {
  const folder = mkdtempSync(join(tmpdir(), 'netscope-c-'))
  try {
    const [source, program] = [join(folder, 'main.c'), join(folder, 'main')]
    writeFileSync(
      source,
      `#include <stdio.h>
#include "${join(import.meta.dirname, '../bpf', header)}"
int main(void) { unsigned n; while (scanf("%u", &n) == 1) printf("%u\\n", ${expression}); }`,
    )
    execFileSync('clang', ['-O1', '-Wall', '-Werror', '-o', program, source], { stdio: 'pipe' })
    const output = execFileSync(program, { input: numbers.join('\n'), encoding: 'utf8' })
    return output.trim().split('\n').map(Number)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
