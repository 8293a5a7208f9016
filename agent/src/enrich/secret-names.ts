/** Names of options, variables, headers and fields whose value is a secret. */

/** Anywhere in the name: `PGPASSWORD`, `dbPassword`, `x-api-key`, `AWS_SECRET_ACCESS_KEY`. */
const ANYWHERE =
  /passw|passphrase|passcode|secret|token(?!iz)|credential|api[-_.]?key|authoriz|(?:access|account|auth|encrypt(?:ion)?|license|master|private|shared|sign(?:ing)?|storage|subscription)[-_.]?key|connection[-_.]?string/i
/** As a word of the name: `--pass`, `MYSQL_PWD`, `db.pw`. */
const WORDS = new Set(
  'pass passin passout pwd pw psk otp totp jwt auth bearer cookie cookies creds cred dsn'.split(
    ' ',
  ),
)
/** As `WORDS`, but only with a value right behind: alone they are switches of ordinary programs. */
const WORDS_WITH_VALUE = new Set(
  'pin sas sig signature sid session sessionid community webhook hmac salt nonce'.split(' '),
)
/** The name is about a secret, not it: `--password-file`, `tokenUrl`, `auth-type`, `--max-tokens`. */
const ABOUT =
  /^-*(?:max|min|num)[-_]|(?:[-_.]|[a-z](?=[A-Z]))(?:file|path|dir|directory|stdin|fd|url|uri|type|mode|method|mechanism|name|ttl|timeout|expiry|length|policy|prompt)$/i
const SWITCH = /^-*(?:no|disable|enable|without|with|skip|allow|require|use)[-_]/i
const SWITCH_VALUE = /^(?:true|false|yes|no|on|off|0|1|always|never|none)$/i
const MAX_NAME = 128

/** Whether what follows `name` must not be shown. `value`: what stands right behind its `=` or `:`. */
export const isSecretName = (name: string, value = ''): boolean => {
  const short = name.slice(-MAX_NAME)
  if (ABOUT.test(short)) return false
  if (SWITCH.test(short) && (value === '' || SWITCH_VALUE.test(value))) return false
  if (ANYWHERE.test(short)) return true
  const words = short
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
  return words.some((word) => WORDS.has(word) || (value !== '' && WORDS_WITH_VALUE.has(word)))
}

/** Words that need no dash before a secret: `nmcli … password x`, `Bearer x`. */
export const isSecretWord = (word: string): boolean =>
  /^(?:password|passwd|passphrase|psk|secret|token|api[-_]?key|wep-key\d?|bearer)$/i.test(word)

/** Words between `Authorization:` and the secret (RFC 9110 11.1). */
export const isAuthScheme = (word: string): boolean =>
  /^(?:bearer|basic|digest|token|api-?key|negotiate|ntlm|aws4-hmac-sha256)$/i.test(word)
