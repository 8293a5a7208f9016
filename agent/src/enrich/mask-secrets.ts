/**
 * Command lines without their secrets. Rather masks too much than too little: what can't be told from a secret
 * is `***`. It can't know a secret that looks like a word and stands where none is expected (`login.sh hunter2`).
 */
import { printable } from './printable.ts'
import { maskRandom } from './random-text.ts'
import { isAuthScheme, isSecretName, isSecretWord } from './secret-names.ts'
import { secretOptionsOf, type SecretOptions } from './secret-options.ts'

const MASK = '***'
const MAX_READ = 2048
const MAX_SHOWN = 512
const MAX_NAME = 128

/** What the words before tell about the next one. */
interface State {
  /** The next word (of the next argument all) is a secret. */
  next: boolean
  /** The rest of this argument is a secret. */
  rest: boolean
  /** The quote that ends a secret of several words. */
  quote: string
  options: SecretOptions | undefined
  positionals: number
}

/** Arguments with blanks between, at most 512 characters; of more than 2,048 the rest is not looked at. */
export const maskSecrets = (argv: readonly string[]): string => {
  const state: State = {
    next: false,
    rest: false,
    quote: '',
    options: undefined,
    positionals: 0,
  }
  const shown: string[] = []
  let left = MAX_READ
  let shownChars = 0
  for (const [index, argument] of argv.entries()) {
    const whole = argument.length <= left
    const text = whole ? argument : argument.slice(0, argument.lastIndexOf(' ', left) + 1)
    shown.push(maskArgument(text, state, index === 0) + (whole ? '' : '…'))
    left -= argument.length + 1
    shownChars += shown.at(-1)!.length
    if (left <= 0 || shownChars > MAX_SHOWN) break
  }
  return printable(shown.join(' ').trim(), MAX_SHOWN)
}

/** An argument with blanks is read as a command line of its own (`sh -c …`, process titles). */
const maskArgument = (argument: string, state: State, isProgram: boolean): string => {
  const words = argument.split(/\s+/)
  if (state.next && words.length > 1 && !isLongOption(argument)) {
    state.next = false
    return isAuthScheme(words[0]!) ? `${words[0]} ${MASK}` : MASK
  }
  state.rest = false
  state.quote = ''
  const shown: string[] = []
  for (const [index, word] of words.entries()) {
    const masked = maskWord(word, state, index === 0, words.length > 1)
    if (masked === MASK && shown.at(-1)?.endsWith(MASK)) continue
    shown.push(isProgram && index === 0 ? programOf(word, masked) : masked)
    if (shown.length > MAX_SHOWN / 2) break
  }
  return shown.join(' ')
}

/** A program's path is shown though it may look random. */
const programOf = (word: string, masked: string): string => (/[=:@]/.test(word) ? masked : word)

const isLongOption = (word: string): boolean => /^--[a-z]/i.test(word)

const maskWord = (word: string, state: State, isFirst: boolean, hasMore: boolean): string => {
  if (state.rest) return isAuthScheme(word) ? word : MASK
  if (state.quote !== '') {
    if (word.includes(state.quote)) state.quote = ''
    return MASK
  }
  if (state.next && !isLongOption(word)) return maskNext(word, state)
  state.next = false
  const pair = maskPair(word, state, isFirst, hasMore)
  if (pair !== undefined) return pair
  const option = maskOption(word, state)
  if (option !== undefined) return option
  return maskRandom(maskUserInfo(word))
}

const maskNext = (word: string, state: State): string => {
  if (word === '') return word
  if (isAuthScheme(word.replace(/^["']/, ''))) return word
  openQuote(word, state)
  // `-p -P 3306`: what follows may be an option with a secret of its own.
  state.next = word.startsWith('-') && isSecretName(word)
  return MASK
}

const openQuote = (value: string, state: State): void => {
  const [quote = ''] = /^["']/.exec(value) ?? []
  if (quote !== '' && !value.slice(1).includes(quote)) state.quote = quote
}

/** `--name=value`, `NAME=value`, `Name: value`, `?name=value&`, `{"name":"value"}`; undefined without such a name. */
const maskPair = (
  word: string,
  state: State,
  isFirst: boolean,
  hasMore: boolean,
): string | undefined => {
  const isUrl = word.includes('://')
  let shown = ''
  let from = 0
  for (let at = 0; at < word.length; at++) {
    const sign = word[at]
    if ((sign !== '=' && sign !== ':') || word.startsWith('://', at)) continue
    const name = nameBefore(word, at)
    if (name === '') continue
    const value = word.slice(at + 1)
    if (!isSecretName(name, value) && !/^\/g?p$/.test(word.slice(0, at))) continue
    shown += maskUserInfo(word.slice(from, at + 1))
    if (value === '') {
      if (hasMore && sign === ':') state.rest = true
      else state.next = sign === ':'
      return shown
    }
    const end = isUrl ? value.search(/[&#]/) : -1
    shown += MASK
    if (end < 0) {
      if (isFirst && hasMore) state.rest = true
      else openQuote(value, state)
      return shown
    }
    from = at + 1 + end
    at = from
  }
  return from === 0 ? undefined : shown + maskRandom(word.slice(from))
}

const nameBefore = (word: string, at: number): string => {
  let end = at
  if (word[end - 1] === '"' || word[end - 1] === "'") end--
  let start = end
  while (start > 0 && end - start < MAX_NAME && /[\w.-]/.test(word[start - 1]!)) start--
  return word.slice(start, end)
}

/** Options whose value is the next word, short options of known programs, and those programs themselves. */
const maskOption = (word: string, state: State): string | undefined => {
  const { options } = state
  if (!word.startsWith('-')) {
    const found = secretOptionsOf(word)
    if (found) {
      state.options = found
      state.positionals = 0
    } else if (options?.positional && ++state.positionals > 1) return MASK
    if (isSecretWord(word.replace(/^["']/, ''))) state.next = true
    return found ? word : undefined
  }
  const [, letter = '', value = ''] = /^-([A-Za-z])(.*)$/s.exec(word) ?? []
  if (letter !== '' && options?.attached?.includes(letter) && value !== '')
    return `-${letter}${MASK}`
  if (options?.attached && /^-\w+:./.test(word)) return `-${letter}${MASK}`
  const last = /^-[A-Za-z]+$/.test(word) ? word.at(-1)! : ''
  if (last !== '' && options?.next?.includes(last)) state.next = true
  else if (isSecretName(word)) state.next = true
  return undefined
}

/** `scheme://user:password@host` and `user:password@host`, up to the last `@`. */
const maskUserInfo = (word: string): string => {
  const end = word.lastIndexOf('@')
  if (end < 0) return word
  const scheme = word.indexOf('://')
  const colon = word.indexOf(':', scheme < 0 ? 0 : scheme + 3)
  if (colon < 0 || colon > end) return word
  const user = word.slice(scheme < 0 ? 0 : scheme + 3, colon)
  if (/[@/]/.test(user) || (scheme < 0 && user === '')) return word
  return `${word.slice(0, colon + 1)}${MASK}${word.slice(end)}`
}
