/** What a value must be that does not fit its schema, in words: nobody should have to read a regular expression. */

/** One line for people. */
export const LINE = '^\\P{Cc}*$'
export const POLICY_NAME = '^[a-z0-9][a-z0-9-]{0,39}$'
export const FEED_NAME = '^[a-z0-9][a-z0-9-]{0,47}$'
export const OUTPUT_NAME = '^[a-z0-9][a-z0-9._-]{0,39}$'
export const CHANNEL_NAME = '^[a-z0-9][a-z0-9._-]{0,63}$'
export const MAIL_ADDRESS = '^[^@\\s<>,;:"()]{1,64}@[^@\\s<>,;:"()]{1,255}$'
export const MAIL_HOST = '^[A-Za-z0-9.:_-]{1,253}$'
export const TIME_OF_DAY = '^([01]\\d|2[0-3]):[0-5]\\d$'
export const NTFY_TOPIC = '^([-_A-Za-z0-9]{1,64}|(file|env):.+)$'

const nameOf = (most: number, also: string): string =>
  `must be a name of small letters, digits and ${also}, at most ${most}, a letter or digit first`

const WORDS: Readonly<Record<string, string>> = {
  [LINE]: 'must be one line without control characters',
  [POLICY_NAME]: nameOf(40, '-'),
  [FEED_NAME]: nameOf(48, '-'),
  [OUTPUT_NAME]: nameOf(40, '. _ -'),
  [CHANNEL_NAME]: nameOf(64, '. _ -'),
  [MAIL_ADDRESS]: 'must be an address such as ann@example.org',
  [MAIL_HOST]: 'must be the name or address of a mail server, such as mail.example.org',
  [TIME_OF_DAY]: 'must be a time from 00:00 to 23:59, in quotes in a file',
  [NTFY_TOPIC]:
    'must be letters, digits, - and _, at most 64, or file:/path or env:NAME that holds it',
}

/** Of an error of ajv or TypeBox; its own message where there is nothing better. */
export const inWords = ({
  message,
  params,
}: {
  message?: string | undefined
  params?: unknown
}): string | undefined => {
  const { pattern, allowedValues } = (params ?? {}) as {
    pattern?: unknown
    allowedValues?: unknown
  }
  if (Array.isArray(allowedValues)) return `must be one of ${allowedValues.join(', ')}`
  return WORDS[String(pattern)] ?? message
}
