/**
 * The part of a domain name that somebody registers: one label below a public suffix. The Public Suffix List has 10,000
 * entries and changes weekly; for grouping names it is enough to know the usual second levels of countries. (With
 * tldts-icann 7.4 the agent would take 6 MiB more, and 31 ms longer to start.)
 */

/** Second levels under which countries register. */
const SECOND_LEVELS: ReadonlySet<string> = new Set(
  'ac asn co com edu gob gouv gov govt gv id ltd me mil muni ne net nhs nom or org plc police sch school web'.split(
    ' ',
  ),
)
const COUNTRY_CHARS = 2

export interface DomainName {
  /** `example.co.uk`; a name of one label is its own. */
  domain: string
  /** What stands before it, without the dot; '' where there is nothing. */
  below: string
}

/** Of a name in lower case without final dot (RFC 1035 5.1 escapes). */
export const splitDomainName = (name: string): DomainName => {
  const last = name.lastIndexOf('.')
  const second = last <= 0 ? -1 : name.lastIndexOf('.', last - 1)
  if (second < 0) return { domain: name, below: '' }
  const isCountrys =
    name.length - last - 1 === COUNTRY_CHARS && SECOND_LEVELS.has(name.slice(second + 1, last))
  const at = isCountrys ? name.lastIndexOf('.', second - 1) : second
  return { domain: name.slice(at + 1), below: at < 0 ? '' : name.slice(0, at) }
}
