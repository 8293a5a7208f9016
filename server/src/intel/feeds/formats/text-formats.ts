/** Feeds that are lines of text. */
import type { FeedParser } from './feed-sink.ts'

/** Without copying all of them at once: a feed may have a million. */
export function* linesOf(text: string): Generator<string> {
  for (let from = 0; from < text.length;) {
    const end = text.indexOf('\n', from)
    yield text.slice(from, end < 0 ? text.length : end).trim()
    from = end < 0 ? text.length : end + 1
  }
}

/** A proxy that wants a log-in answers 200 with one. */
const isPage = (text: string): boolean => /^\s*<(!doctype|html|\?xml|head|body)/i.test(text)

const isComment = (line: string): boolean => line === '' || /^(#|;|\/\/|!)/.test(line)

/** `1.2.3.0 - 1.2.3.255`: read as far as the white space it would be one address. */
const RANGE =
  /^(?:[\d.]{7,15}\s{0,9}-\s{0,9}\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]{2,39}\s{0,9}-\s{0,9}[0-9a-f]{0,4}:[0-9a-f:]{1,38})(?![\w.])/i

/** One address, prefix or range a line, what follows is a comment: FireHOL netsets, Spamhaus' text, ipsum, torbulkexitlist. */
export const plain: FeedParser = (text, sink) => {
  if (isPage(text)) return false
  for (const line of linesOf(text)) {
    if (isComment(line)) continue
    const range = line.includes('-') ? RANGE.exec(line)?.[0] : undefined
    const end = line.search(/[\s;,#]/)
    sink.address(range ?? (end < 0 ? line : line.slice(0, end)))
  }
  return true
}

/** `0.0.0.0 name`: it is the names that are listed. */
export const hosts: FeedParser = (text, sink) => {
  if (isPage(text)) return false
  for (const line of linesOf(text)) {
    if (isComment(line)) continue
    const [, ...names] = (line.split('#')[0] ?? '').split(/\s+/)
    for (const name of names)
      if (name !== '' && !/^(localhost|local|broadcasthost|ip6-)/i.test(name)) sink.name(name)
  }
  return true
}

/** Columns: first address, last address, length of the prefix, attacks, name, country. */
export const dshield: FeedParser = (text, sink) => {
  if (isPage(text)) return false
  for (const line of linesOf(text)) {
    const [start = '', end = '', length = ''] = line.split(/\s+/)
    if (isComment(line) || !/^\d/.test(start)) continue
    sink.address(/^\d+$/.test(length) ? `${start}/${length}` : `${start}-${end}`)
  }
  return true
}

/** Blocks of `ExitNode`, `Published`, `LastStatus`, `ExitAddress <ip> <time>`. */
export const torExitAddresses: FeedParser = (text, sink) => {
  let found = text.trim() === ''
  for (const line of linesOf(text)) {
    const [word, address] = line.split(' ')
    if (word === 'ExitNode') found = true
    if (word === 'ExitAddress' && address !== undefined) sink.address(address)
  }
  return found
}

const COLUMNS = /^"?(ip|ip_?address|dst_?ip|src_?ip|network|cidr|netblock|prefix|address|host)"?$/i

/** Servers that are gone: their addresses belong to somebody else. */
const STATUS = /^(c2_)?status$/i

/** The cells of a line (RFC 4180); a quoted cell that goes over lines is not supported. */
const cellsOf = (line: string): string[] => {
  const cells: string[] = []
  for (let i = 0; i <= line.length;) {
    if (line[i] === '"') {
      let end = line.indexOf('"', i + 1)
      while (end >= 0 && line[end + 1] === '"') end = line.indexOf('"', end + 2)
      if (end < 0) end = line.length
      cells.push(line.slice(i + 1, end).replaceAll('""', '"'))
      const comma = line.indexOf(',', end)
      i = comma < 0 ? line.length + 1 : comma + 1
      continue
    }
    const comma = line.indexOf(',', i)
    cells.push(line.slice(i, comma < 0 ? line.length : comma).trim())
    i = comma < 0 ? line.length + 1 : comma + 1
  }
  return cells
}

/** By the title of the column where there is a line of titles, also as a comment; else the first that is an address. */
export const csv: FeedParser = (text, sink) => {
  if (isPage(text)) return false
  let column: number | undefined
  let status = -1
  for (const line of linesOf(text)) {
    if (column === undefined && line.includes(',')) {
      const titles = cellsOf(line.replace(/^[#;]\s*/, ''))
      const place = titles.findIndex((title) => COLUMNS.test(title))
      if (place >= 0) {
        column = place
        status = titles.findIndex((title) => STATUS.test(title))
        continue
      }
    }
    if (isComment(line)) continue
    const cells = cellsOf(line)
    if (cells[status]?.toLowerCase() === 'offline') continue
    const cell = column === undefined ? cells.find(looksLikeAddress) : cells[column]
    sink.address(cell ?? line.slice(0, 60))
  }
  return true
}

const looksLikeAddress = (text: string): boolean =>
  /^\d{1,3}(\.\d{1,3}){3}([/:]\d+)?$/.test(text) || /^[0-9a-f:]*:[0-9a-f:.]+(\/\d+)?$/i.test(text)
