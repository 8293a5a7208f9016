/** docs/reference/detection.md out of the detectors, their settings and the last evaluation. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { detectSection } from '@netscope/core/config/detect.ts'
import type { Key } from '@netscope/core/config/key.ts'
import { describeAllowed, describeDefault } from '@netscope/core/config/value.ts'
import { DETECTORS } from '@netscope/detect/detectors.ts'
import type { Score } from './score.ts'
import { showScore } from './show.ts'

const inRepository = (path: string): string =>
  fileURLToPath(new URL(`../../${path}`, import.meta.url))

export const REFERENCE_FILE = inRepository('docs/reference/detection.md')
export const RESULTS_FILE = inRepository('test/eval/last-results.json')
const TEXT_FILE = inRepository('test/eval/reference-text.md')

export interface Results extends Score {
  /** How many were replayed. */
  captures: number
}

export const lastResults = (): Results => JSON.parse(readFileSync(RESULTS_FILE, 'utf8')) as Results

/** The text in reference-text.md with what is generated in the places that it names. */
export const referencePage = (results: Results): string =>
  Object.entries({
    detectors: detectorTable(),
    settings: settingTable(),
    results: resultText(results),
  }).reduce(
    (page, [name, text]) => page.replace(`<!-- ${name} -->`, () => text),
    readFileSync(TEXT_FILE, 'utf8').replace(
      /^<!--.*-->\n/,
      '<!-- Generated from test/eval/reference-text.md by test/eval/reference.test.ts (`vitest run -u`). -->\n',
    ),
  )

const detectorTable = (): string =>
  [
    '| detector | finds | technique | version |',
    '|---|---|---|---|',
    ...DETECTORS.map(
      ({ name, description, techniques, version }) =>
        `| \`${name}\` | ${description} | ${techniques.join(', ')} | ${version} |`,
    ),
  ].join('\n')

const settingTable = (): string =>
  [
    '| setting | default | allowed | what and why |',
    '|---|---|---|---|',
    ...Object.entries<Key>(detectSection.properties).map(
      ([name, key]) =>
        `| \`detect.${name}\` | ${describeDefault(key)} | ${describeAllowed(key)} | ${key.description} |`,
    ),
  ].join('\n')

const resultText = (results: Results): string =>
  `${results.captures} captures.\n\n${showScore(results)}`
