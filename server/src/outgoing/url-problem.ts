/** What is wrong with a URL that the server is to connect to, in words for people; undefined: nothing. */
export const urlProblem = (text: string): string | undefined => {
  if (!URL.canParse(text)) return 'it cannot be read'
  const { protocol, username, password } = new URL(text)
  if (protocol !== 'http:' && protocol !== 'https:') return 'it is neither http nor https'
  return username || password ? 'there is a user or password in it' : undefined
}
