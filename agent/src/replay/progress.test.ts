/** The progress bar. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createProgress } from './progress.ts'

const createRig = (isTTY: boolean, files: readonly string[]) => {
  const written: string[] = []
  let nowMs = 0
  const terminal = { isTTY, write: (text: string) => written.push(text) }
  const progress = createProgress(files, terminal, () => nowMs)
  const update = (atMs: number, bytes: number, packets: number): void => {
    nowMs = atMs
    progress.update(bytes, packets)
  }
  return { written, update, clear: progress.clear }
}

describe('the progress bar', () => {
  it('is drawn ten times a second at most, and removed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'netscope-progress-'))
    const file = join(folder, 'capture')
    writeFileSync(file, new Uint8Array(1000))
    const { written, update, clear } = createRig(true, [file])
    rmSync(folder, { recursive: true })
    for (const [ms, bytes] of [
      [50, 10],
      [200, 500],
      [250, 600],
      [1000, 1000],
    ] as const)
      update(ms, bytes, 100_000)
    clear()
    expect(written).toEqual([
      '\r\u001b[K[###############...............] 50 %  100000 packets, 0.50 M/s',
      '\r\u001b[K[##############################] 100 %  100000 packets, 0.10 M/s',
      '\r\u001b[K',
    ])
  })

  it('counts megabytes where the size is not known', () => {
    const { written, update } = createRig(true, ['-'])
    update(500, 2_500_000, 1000)
    expect(written).toEqual(['\r\u001b[K2.5 MB  1000 packets, 0.00 M/s'])
  })

  it('is not there without a terminal', () => {
    const { written, update, clear } = createRig(false, [])
    update(500, 1, 1)
    clear()
    expect(written).toEqual([])
  })
})
