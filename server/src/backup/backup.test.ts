/** Backups of a running server's folder, and putting them back. */
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createWriteStream } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openState, type State } from '../state/open-state.ts'
import { MIGRATIONS } from '../state/migrations.ts'
import { createBackup, type Backup } from './backup.ts'
import { restore, type RestoreRequest } from './restore.ts'

const NOW = Date.UTC(2026, 6, 31, 12)

let folder: string
let data: string
let file: string
let state: State
let backup: Backup
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-backup-'))
  data = join(folder, 'data')
  file = join(folder, 'backup.tar')
  state = openState({ path: join(data, 'state.sqlite'), now: NOW })
  writeFileSync(join(data, 'secret.key'), Buffer.alloc(32, 7))
  mkdirSync(join(data, 'history'))
  backup = createBackup(
    { folder: data },
    { state, history: { backup: copyHistory }, version: '1.2.3', wallClock: () => NOW },
  )
})
afterEach(() => {
  if (state.db.isOpen) state.close()
  rmSync(folder, { recursive: true })
})

const copyHistory = async (to: string): Promise<void> => {
  mkdirSync(to)
  writeFileSync(join(to, '00000001.duckdb'), 'flows '.repeat(200_000))
}
const make = async (): Promise<void> => {
  const { content } = await backup.make()
  await pipeline(content, createWriteStream(file))
}
const user = (name: string): void =>
  state.db.exec(
    `CREATE TABLE IF NOT EXISTS remark (text TEXT); INSERT INTO remark VALUES ('${name}')`,
  )
const remarks = (path: string): unknown[] => {
  const opened = openState({ path: join(path, 'state.sqlite') })
  const rows = opened.db.prepare('SELECT text FROM remark').all()
  opened.close()
  return rows.map((row) => row['text'])
}
const restoreTo = (to: string, changes: Partial<RestoreRequest> = {}) =>
  restore({ file, folder: to, force: false, now: NOW, checkHistory: async () => {}, ...changes })

describe('a backup', () => {
  it('is a tar archive of all that is kept, with checksums that sha256sum proves', async () => {
    user('ada')
    const { name, bytes, content } = await backup.make()
    await pipeline(content, createWriteStream(file))
    expect(name).toBe('netscope-20260731-120000.tar')
    expect(statSync(file).size).toBe(bytes)
    const out = join(folder, 'out')
    mkdirSync(out)
    expect(spawnSync('tar', ['-xf', file, '-C', out]).status).toBe(0)
    const check = spawnSync('sha256sum', ['-c', 'sha256sums'], { cwd: out, encoding: 'utf8' })
    expect(check.stdout).toBe(
      ['manifest.json', 'history/00000001.duckdb', 'secret.key', 'state.sqlite']
        .map((one) => `${one}: OK\n`)
        .join(''),
    )
  })

  it('leaves no copy behind, read or not, and one at a time is made', async () => {
    const first = await backup.make()
    await expect(backup.make()).rejects.toMatchObject({ code: 'backup.running' })
    const closed = new Promise((resolve) => first.content.once('close', resolve))
    first.content.destroy()
    await closed
    await make()
    expect(readdirSync(data).filter((name) => name.startsWith('.backup'))).toEqual([])
  })

  it('that fails says why and can be tried again', async () => {
    const failing = createBackup(
      { folder: data },
      {
        ...{ state, version: '1', wallClock: () => NOW },
        history: {
          backup: async () => {
            throw new Error('no space left')
          },
        },
      },
    )
    for (let tries = 0; tries < 2; tries++)
      await expect(failing.make()).rejects.toMatchObject({
        code: 'backup.failed',
        params: { reason: 'no space left' },
      })
    expect(readdirSync(data).some((name) => name.startsWith('.backup'))).toBe(false)
  })

  it('of a server that was killed is removed when the next one starts', () => {
    mkdirSync(join(data, '.backup-0123abcd'))
    writeFileSync(join(data, '.backup-0123abcd', 'state.sqlite'), '')
    backup.start()
    expect(existsSync(join(data, '.backup-0123abcd'))).toBe(false)
  })
})

describe('restoring', () => {
  beforeEach(async () => {
    user('ada')
    await make()
  })

  it('gives all back in a new place, closed to others', async () => {
    const to = join(folder, 'new', 'place')
    const { manifest, putAside } = await restoreTo(to)
    expect([manifest.version, putAside]).toEqual(['1.2.3', undefined])
    expect(readdirSync(to).toSorted()).toEqual(['history', 'secret.key', 'state.sqlite'])
    expect(remarks(to)).toEqual(['ada'])
    expect(statSync(join(to, 'secret.key')).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(to, 'history', '00000001.duckdb')).length).toBe(1_200_000)
  })

  it('is refused while a server holds the place, also by force', async () => {
    state.db.exec("INSERT INTO remark VALUES ('later')")
    await expect(restoreTo(data, { force: true })).rejects.toMatchObject({
      code: 'restore.running',
    })
    expect(remarks(data)).toEqual(['ada', 'later'])
  })

  it('over data needs force, and keeps what was there', async () => {
    user('later')
    state.close()
    await expect(restoreTo(data)).rejects.toMatchObject({ code: 'restore.exists' })
    const { putAside = '' } = await restoreTo(data, { force: true })
    expect(remarks(data)).toEqual(['ada'])
    expect(remarks(putAside)).toEqual(['ada', 'later'])
    await expect(restoreTo(data, { force: true, now: NOW + 1 })).resolves.toBeDefined()
    expect(remarks(putAside)).toEqual(['ada', 'later'])
  })

  it('changes nothing when the history cannot be opened', async () => {
    state.close()
    const before = readdirSync(data)
    const checkHistory = async (): Promise<void> => {
      throw new Error('of a newer version')
    }
    await expect(restoreTo(data, { force: true, checkHistory })).rejects.toThrow('newer version')
    expect(readdirSync(data)).toEqual(before)
  })

  it('refuses a state of a newer version', async () => {
    const number = MIGRATIONS.length + 1
    state.db.exec(`INSERT INTO migrations VALUES (${number}, 'next', 'x', 0)`)
    await make()
    await expect(restoreTo(join(folder, 'new'))).rejects.toMatchObject({ code: 'state.newer' })
    expect(readdirSync(join(folder, 'new'))).toEqual([])
  })

  it.each([
    ['cut in the middle', (path: string) => truncateSync(path, 600_000)],
    ['cut before its checksums', (path: string) => truncateSync(path, statSync(path).size - 2048)],
    ['not one at all', (path: string) => writeFileSync(path, 'x'.repeat(5000))],
    ['empty', (path: string) => writeFileSync(path, '')],
    ['missing', (path: string) => rmSync(path)],
    [
      'changed in one byte',
      (path: string) => {
        const bytes = readFileSync(path)
        bytes[400_000] = (bytes[400_000] ?? 0) ^ 1
        writeFileSync(path, bytes)
      },
    ],
  ])('refuses a file that is %s', async (_what, spoil) => {
    spoil(file)
    const to = join(folder, 'new')
    await expect(restoreTo(to)).rejects.toMatchObject({ code: 'backup.damaged' })
    expect(readdirSync(to)).toEqual([])
  })

  it('writes nothing outside of its folder', async () => {
    writeFileSync(join(folder, 'manifest.json'), '{"format":1,"version":"1","createdAtMs":0}')
    writeFileSync(join(folder, 'evil'), 'x')
    const tar = (...args: string[]) => spawnSync('tar', ['-cPf', file, '-C', folder, ...args])
    expect(tar('--transform=s,^evil,../evil2,', 'manifest.json', 'evil').status).toBe(0)
    await expect(restoreTo(join(folder, 'new'))).rejects.toMatchObject({ code: 'backup.damaged' })
    expect(existsSync(join(folder, 'evil2'))).toBe(false)
  })

  it('refuses a form that it does not know', async () => {
    writeFileSync(join(folder, 'manifest.json'), '{"format":2,"version":"9.0.0","createdAtMs":0}')
    spawnSync('tar', ['--format=ustar', '-cf', file, '-C', folder, 'manifest.json'])
    await expect(restoreTo(join(folder, 'new'))).rejects.toMatchObject({
      code: 'backup.newer',
      params: { version: '9.0.0' },
    })
  })
})
