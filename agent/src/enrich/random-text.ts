/** Finds keys and tokens by their looks: known prefixes, hexadecimal, JWT, and text that no person would type. */

const MIN_RANDOM = 20
/**
 * Share of neighbours of different kind (digit, capital, small; a small letter after a capital is ordinary).
 * Random base64 has 0.44, random base32 0.4; `libQt5WebEngineCore.so.5.15.2` 0.2, `x86_64-linux-gnu` 0.13.
 */
const MIN_CHANGES = 0.25

const KNOWN =
  /\b(?:gh[opusr]_|github_pat_|glpat-|xox[abeoprs]-|xapp-|sk-|sk_live_|rk_live_|pk_live_|whsec_|A[KS]IA(?=[A-Z0-9]{16})|AIza|ya29\.|SG\.|hf_|npm_|pypi-|dckr_pat_|hv[sb]\.|eyJ)[\w.+/=~-]{8,}/g
/** Hexadecimal from 32 digits on, also UUIDs. */
const HEX =
  /\b(?:0x)?[0-9a-f]{32,}\b|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi
const PIECE = /[A-Za-z0-9+/_=-]{20,}/g

/** `text` with `***` for all that looks like a key; `.` and `:` separate. */
export const maskRandom = (text: string): string =>
  text
    .replace(KNOWN, '***')
    .replace(HEX, '***')
    .replace(PIECE, (piece) => (isPath(piece) ? maskParts(piece) : isRandom(piece) ? '***' : piece))

/** Base64 has a `/` every 64 characters; a path has more, or one in front. */
const isPath = (piece: string): boolean =>
  piece.startsWith('/') || piece.split('/').length > 2 + piece.length / 20

const maskParts = (path: string): string =>
  path
    .split('/')
    .map((part) => (isRandom(part) ? '***' : part))
    .join('/')

const isRandom = (text: string): boolean => {
  if (text.length < MIN_RANDOM) return false
  let changes = 0
  let counted = 0
  let last = 0
  for (let i = 0; i < text.length; i++) {
    const kind = kindOf(text.charCodeAt(i))
    if (kind === 0) continue
    counted++
    if (last !== 0 && kind !== last && !(last === CAPITAL && kind === SMALL)) changes++
    last = kind
  }
  return changes / counted >= MIN_CHANGES
}

const CAPITAL = 2
const SMALL = 3
const kindOf = (code: number): number =>
  code >= 48 && code <= 57
    ? 1
    : code >= 65 && code <= 90
      ? CAPITAL
      : code >= 97 && code <= 122
        ? SMALL
        : 0
