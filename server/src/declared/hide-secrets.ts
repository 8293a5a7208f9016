/** Takes secrets out of what others say: a service may repeat in its answer what it was sent. */

/** Shorter than that it may be any word. */
const SHORTEST = 4
/** A part of a URL that is a token, and not the name of something. */
const isToken = (part: string): boolean =>
  part.length >= 16 || (part.length >= 8 && /\d/.test(part))

const HTML: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' },
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** `Bearer abc`, as it stands in a header: what follows the name of the scheme. */
const credentialOf = (secret: string): string | undefined => /^[A-Za-z]+ +(\S+)$/.exec(secret)?.[1]

const partsOfUrl = ({ pathname, search, searchParams }: URL): string[] => [
  `${pathname}${search}`,
  pathname,
  // Names of services are words, which stay.
  ...pathname.split('/').filter(isToken),
  ...[...searchParams.values()].filter(isToken),
]

/** The secret, and what of it gives it away by itself. */
const partsOf = (secret: string): string[] => {
  const credential = credentialOf(secret)
  if (credential !== undefined) return [secret, credential]
  return URL.canParse(secret) ? [secret, ...partsOfUrl(new URL(secret))] : [secret]
}

const inHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => HTML[sign] ?? sign)
const inJson = (text: string): string => JSON.stringify(text).slice(1, -1)
const inBase64 = (text: string): string => Buffer.from(text).toString('base64').replace(/=+$/, '')
const inBase64Url = (text: string): string => Buffer.from(text).toString('base64url')

/** As it may be written in texts, URLs, JSON, pages and headers. */
const formsOf = (part: string): string[] =>
  [part, decoded(part)].flatMap((text) => [
    ...[text, decoded(text), encodeURIComponent(text), encodeURI(text)],
    ...[inJson(text), inHtml(text), inBase64(text), inBase64Url(text)],
  ])

/** The text without the start of `form`, if it was cut within it. */
const withoutCutOne = (text: string, form: string): string => {
  const end = text.endsWith('…') ? '…' : ''
  const rest = text.slice(0, text.length - end.length)
  const shortest = Math.max(SHORTEST, form.length >> 2)
  const longest = Math.min(form.length - 1, rest.length)
  for (let length = longest; length >= shortest; length--)
    if (rest.endsWith(form.slice(0, length))) return `${rest.slice(0, -length)}***${end}`
  return text
}

/** `***` stands for each of the secrets then; empty ones are none. */
export const createHider = (secrets: readonly string[]): ((text: string) => string) => {
  const forms = [...new Set(secrets.flatMap(partsOf).flatMap(formsOf))]
    .filter((form) => form.length >= SHORTEST)
    // What holds another one goes first, or a part of it would stay.
    .toSorted((a, b) => b.length - a.length)
  return (text) => {
    const withoutWhole = forms.reduce((words, form) => words.replaceAll(form, '***'), text)
    return forms.reduce(withoutCutOne, withoutWhole)
  }
}
