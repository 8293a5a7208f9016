/** For tests: secrets in whatever form they may have been written down. */

/** As it is in texts, JSON, URLs, pages and headers, and the first half of it. */
const formsOf = (value: string): string[] => {
  const base64 = Buffer.from(value).toString('base64')
  return [
    ...[value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value), encodeURI(value)],
    value.replaceAll('&', '&amp;').replaceAll('"', '&quot;'),
    ...[base64.replace(/=+$/, ''), Buffer.from(value).toString('base64url')],
    ...[Buffer.from(value).toString('hex'), value.slice(0, Math.ceil(value.length / 2))],
  ]
}

/** Which of the secrets, by name, are in which of the texts. */
export const secretsIn = (
  texts: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>>,
): string[] =>
  Object.entries(secrets).flatMap(([what, value]) =>
    formsOf(value).flatMap((form) =>
      Object.entries(texts).flatMap(([where, text]) => {
        const at = text.indexOf(form)
        if (at < 0) return []
        return [`${what} in ${where}: …${text.slice(Math.max(0, at - 60), at + form.length + 20)}…`]
      }),
    ),
  )

/** That somebody was given it at all: else nothing could tell it. */
export const isSecretIn = (text: string, value: string): boolean =>
  formsOf(value)
    .slice(0, -1)
    .some((form) => text.includes(form))
