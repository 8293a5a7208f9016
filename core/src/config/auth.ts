/** Section `auth`: who is let in, beside the accounts themselves. */
import { boolean, section, text, type SectionValue } from './key.ts'

/** HS256 takes a key as long as its hash (RFC 7518, section 3.2). */
const SHORTEST_SECRET_BYTES = 32

export const authSection = section('Signing in. Accounts are made by an admin, not here.', {
  jwtSecret: text({
    default: '',
    secret: true,
    alias: 'JWT_SECRET_KEY',
    description:
      'Secret that access tokens are signed with; empty: a random one in the folder of storage.path. Changing it ' +
      'signs everybody out within 15 minutes.',
    allowed: `at least ${SHORTEST_SECRET_BYTES} bytes, or empty`,
  }),
  openOnLoopback: boolean({
    default: false,
    description:
      'Programs of this machine may use `/events`, `/blacklist` and `/whitelist` without an account, as in earlier ' +
      'versions: every user of this machine can then see traffic and block addresses.',
  }),
})

export type AuthSection = SectionValue<typeof authSection>

export const authChecks = {
  jwtSecret: (secret: string): string | undefined =>
    secret === '' || new TextEncoder().encode(secret).length >= SHORTEST_SECRET_BYTES
      ? undefined
      : 'Make one with `openssl rand -base64 48`, or leave it empty.',
}
