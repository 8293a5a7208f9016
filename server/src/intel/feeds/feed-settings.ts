/** Settings of a feed, from the API or from the file: checked, with what is not given taken from the preset of that name. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { Type } from 'typebox'
import type { Static } from 'typebox'
import { Compile } from 'typebox/schema'
import { urlProblem } from '../../outgoing/url-problem.ts'
import { FEED_NAME, inWords, LINE } from '../../declared/pattern-words.ts'
import { FEED_FORMATS, FEED_KINDS } from './feed.ts'
import type { FeedSettings } from './feed.ts'
import { PRESETS } from './presets.ts'

/** Publishers ask for that, and nothing is gained by more. */
const LEAST_SECONDS = 900

const fields = {
  url: Type.Optional(Type.String({ maxLength: 2048, pattern: '^https?://\\S+$' })),
  format: Type.Optional(Type.Enum([...FEED_FORMATS])),
  kind: Type.Optional(
    Type.Enum([...FEED_KINDS], {
      description:
        'c2: servers that command malware; malicious: networks of criminals; attacker: who attacks others; tor: exits of Tor; other: only shown.',
    }),
  ),
  weight: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 100, description: 'Percent: how much it counts.' }),
  ),
  everySeconds: Type.Optional(Type.Integer({ minimum: LEAST_SECONDS, maximum: 30 * 86_400 })),
  block: Type.Optional(
    Type.Boolean({ description: 'Whether its addresses are put on the deny list.' }),
  ),
  authKey: Type.Optional(
    Type.String({
      maxLength: 512,
      pattern: LINE,
      description:
        'Header Auth-Key, as abuse.ch wants it; may be file:PATH or env:NAME; not shown.',
    }),
  ),
}

export const feedBody = Type.Object(
  { name: Type.String({ pattern: FEED_NAME }), ...fields },
  { additionalProperties: false },
)
export const feedChangeBody = Type.Object(fields, { additionalProperties: false, minProperties: 1 })
export type FeedBody = Static<typeof feedBody>
export type FeedChange = Static<typeof feedChangeBody>

const check = Compile(feedBody)

/** Throws `feed.invalid`. */
export const requireUrl = ({ name, url }: Pick<FeedSettings, 'name' | 'url'>): void => {
  const problem = urlProblem(url)
  if (problem === undefined) return
  throw new NetscopeError('feed.invalid', { name, reason: `its url: ${problem}` })
}

/** Throws `feed.invalid`. */
export const settingsOf = (body: FeedBody): FeedSettings => {
  const { name } = body
  const preset = PRESETS.find((one) => one.name === name)
  const { url = preset?.url, format = preset?.format ?? 'plain' } = body
  if (url === undefined) {
    const reason = `it has no url, and ${name} is none of the known feeds: ${PRESETS.map((one) => one.name).join(', ')}`
    throw new NetscopeError('feed.invalid', { name, reason })
  }
  requireUrl({ name, url })
  return {
    ...{ name, url, format },
    kind: body.kind ?? preset?.kind ?? 'other',
    weight: body.weight ?? preset?.weight ?? 50,
    everySeconds: body.everySeconds ?? preset?.everySeconds ?? 86_400,
    block: body.block ?? false,
    authKey: body.authKey ?? '',
  }
}

/** Of an entry of the file; throws with what is wrong. */
export const readSettings = (value: unknown): FeedSettings => {
  if (check.Check(value)) return settingsOf(value)
  const [, errors] = check.Errors(value)
  const [error] = errors
  const where = error?.instancePath.slice(1) ?? ''
  throw new Error(`${where === '' ? 'it' : where} ${(error && inWords(error)) ?? 'is wrong'}`)
}
