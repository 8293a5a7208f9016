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

/** What of a secret is one by itself: the path and query of a URL, the credential of a header. */
const partsOf = (secret: string): string[] => {
  const credential = /^[A-Za-z]+ +(\S+)$/.exec(secret)?.[1]
  if (credential !== undefined) return [secret, credential]
  if (!URL.canParse(secret)) return [secret]
  const { pathname, search, searchParams } = new URL(secret)
  const segments = pathname.split('/').filter(isToken)
  // What is asked for is a word, what it is asked with may be a key of any length.
  const values = [...searchParams.values()].filter(isToken)
  return [secret, `${pathname}${search}`, pathname, ...segments, ...values]
}

/** As it is written in texts, JSON, URLs, pages and headers. */
const formsOf = (secret: string): string[] => {
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '')
  return [
    ...[secret, decoded(secret), encodeURIComponent(secret), encodeURI(secret)],
    JSON.stringify(secret).slice(1, -1),
    secret.replace(/[&<>"']/g, (sign) => HTML[sign] ?? sign),
    ...[base64, Buffer.from(secret).toString('base64url')],
  ]
}

/** The text without a secret that begins at its end: it was cut. */
const withoutCutOne = (text: string, form: string): string => {
  const [end = ''] = /…?$/.exec(text) ?? []
  const rest = text.slice(0, text.length - end.length)
  const shortest = Math.max(SHORTEST, form.length >> 2)
  for (let length = Math.min(form.length - 1, rest.length); length >= shortest; length--)
    if (rest.endsWith(form.slice(0, length))) return `${rest.slice(0, -length)}***${end}`
  return text
}

/** Empty ones are none. */
export const createHider = (secrets: readonly string[]): ((text: string) => string) => {
  const parts = secrets.flatMap(partsOf).flatMap((part) => [part, decoded(part)])
  const forms = [...new Set(parts.flatMap(formsOf))]
    .filter((form) => form.length >= SHORTEST)
    .toSorted((a, b) => b.length - a.length)
  return (text) => {
    const whole = forms.reduce((words, form) => words.replaceAll(form, '***'), text)
    return forms.reduce(withoutCutOne, whole)
  }
}
