/**
 * What is known of the captures of a folder: `truth.json`, or else the table in its README.md whose columns include
 * `file` and `ground truth`. docs/reference/detection.md describes both.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { familyOf } from './families.ts'

/** silence: no detection at all; boundary: either is right; unstated: nothing is known of attacks. */
export const EXPECTATIONS = ['alert', 'silence', 'boundary', 'unstated'] as const
export type Expectation = (typeof EXPECTATIONS)[number]

export interface Truth {
  /** Path within the folder. */
  file: string
  expect: Expectation
  /** Of an alert: a family (families.ts) or a detector's name; '': any. */
  kind: string
  /** Addresses that the detection must name, as source or target. */
  addresses: readonly string[]
  /** When the attack begins, ISO 8601; default: what the detection says. */
  begins?: string
}

/** Of the folder: nothing can be evaluated. */
export class NoTruthError extends Error {}

export const readTruth = (folder: string): Truth[] => {
  const [json, readme] = [join(folder, 'truth.json'), join(folder, 'README.md')]
  if (existsSync(json)) return parseJson(readFileSync(json, 'utf8'))
  if (existsSync(readme)) return parseMarkdown(readFileSync(readme, 'utf8'))
  throw new NoTruthError(
    existsSync(folder)
      ? `${folder} has neither truth.json nor a README.md with a table`
      : `there is no folder ${folder}`,
  )
}

const parseJson = (text: string): Truth[] => {
  const rows = JSON.parse(text) as unknown
  if (!Array.isArray(rows)) throw new Error('truth.json holds no array')
  return rows.map((row: Partial<Truth>, i) => {
    const { file, expect, kind = '', addresses = [], begins } = row
    if (typeof file !== 'string' || !expect || !EXPECTATIONS.includes(expect))
      throw new Error(
        `truth.json, row ${i + 1}: file and expect (${EXPECTATIONS.join(', ')}) are needed`,
      )
    return { file, expect, kind, addresses, ...(begins !== undefined && { begins }) }
  })
}

/** Rows of all tables with the two columns. */
export const parseMarkdown = (text: string): Truth[] => {
  const truths: Truth[] = []
  let columns: string[] = []
  for (const line of text.split('\n')) {
    const cells = line.startsWith('|') ? cellsOf(line) : []
    if (cells.length === 0) columns = []
    else if (columns.length === 0) columns = cells.map((cell) => cell.toLowerCase())
    else if (!/^:?-+:?$/.test(cells[0] ?? '')) {
      const [file, said] = ['file', 'ground truth'].map((name) => cells[columns.indexOf(name)])
      if (file && said !== undefined) truths.push(truthOf(file, said))
    }
  }
  return truths
}

const cellsOf = (line: string): string[] =>
  line
    .replace(/^\||\|\s*$/g, '')
    .split('|')
    .map((cell) => cell.trim().replaceAll(/\*\*|`/g, ''))

const truthOf = (file: string, said: string): Truth => {
  const expect = expectationOf(said)
  const isAlert = expect === 'alert'
  // What follows a semicolon says what it is not.
  const [head = ''] = said.split(';')
  return {
    file,
    expect,
    kind: isAlert ? (familyOf(head) ?? '') : '',
    addresses: isAlert ? addressesOf(head) : [],
  }
}

const expectationOf = (said: string): Expectation => {
  if (/^ALERT\b/.test(said)) return 'alert'
  if (/^BOUNDARY\b/.test(said)) return 'boundary'
  return /\bno (spoof )?alert\b/i.test(said) ? 'silence' : 'unstated'
}

/** Attacker and victim, ports taken off. */
const addressesOf = (said: string): string[] => {
  const found = said.match(/\b\d{1,3}(\.\d{1,3}){3}\b|\b[0-9a-f]{1,4}(:{1,2}[0-9a-f]{1,4}){2,}\b/gi)
  return [...new Set(found)]
}
