/** Section `uplink`: how agent and server reach each other. */
import { parseServerAddress } from '../server-address.ts'
import { integer, section, text, type SectionValue } from './key.ts'

/** Linux: sun_path has 108 bytes with the final zero (unix(7)). */
const SOCKET_PATH_BYTES = 107

export const uplinkSection = section('The line between agent and server.', {
  socket: text({
    default: './data/run/uplink.sock',
    minLength: 1,
    isPath: true,
    description: 'Unix socket on which the server waits for the agent.',
    defaultText: '$NETSCOPE_RUN_DIR/uplink.sock, else ./data/run/uplink.sock',
    allowed: `a file path of at most ${SOCKET_PATH_BYTES} bytes`,
  }),
  listen: text({
    default: '',
    description:
      'Address and port on which the server waits for agents of other machines, over TLS; empty: for none. ' +
      '`netscope agents invite` lets one in.',
    allowed: 'host:port such as 0.0.0.0:8087 or [::]:8087, or empty',
  }),
  address: text({
    default: '',
    description: 'Address of the server as agents reach it; join tokens name it.',
    defaultText: 'the host name and the port of uplink.listen',
    allowed: 'host:port such as netscope.example:8087, or empty',
  }),
  certificate: text({
    default: '',
    isPath: true,
    description:
      'Certificate chain that the server shows to agents (PEM); empty: one that it makes for itself at the first start.',
    allowed: 'a file path, or empty',
  }),
  key: text({
    default: '',
    isPath: true,
    description: 'Private key of uplink.certificate (PEM).',
    allowed: 'a file path, or empty',
  }),
  server: text({
    default: '',
    description:
      'Server that the agent reports to, over TLS; empty: the one of this machine, through uplink.socket.',
    allowed: 'host:port such as netscope.example:8087, or empty',
  }),
  token: text({
    default: '',
    secret: true,
    description: 'Join token of `netscope agents invite`; needed once, later it is not looked at.',
    allowed: 'a join token, or empty',
  }),
  ca: text({
    default: '',
    isPath: true,
    description:
      'Certificates of the authorities that may vouch for the server (PEM); empty: the fingerprint in the join token does.',
    allowed: 'a file path, or empty',
  }),
  credential: text({
    default: '',
    isPath: true,
    description: 'File that keeps what the agent got when it joined a server.',
    defaultText: 'uplink.json in the folder of persistence.path',
    allowed: 'a file path, or empty',
  }),
  spoolPath: text({
    default: '',
    isPath: true,
    description:
      'Folder for records of ended flows that the server has not acknowledged; of the agent alone.',
    defaultText: 'spool in the folder of persistence.path',
    allowed: 'a folder path, or empty',
  }),
  spoolMaxBytes: integer({
    default: 268435456,
    minimum: 16777216,
    maximum: 1099511627776,
    description:
      'Size of the spool: beyond it the oldest records are given up, and counted. 256 MiB hold some 750,000 flows.',
  }),
})

export type UplinkSection = SectionValue<typeof uplinkSection>

const isAddressOrEmpty = (address: string): string | undefined =>
  address === '' || parseServerAddress(address)
    ? undefined
    : 'Write host:port, an IPv6 address in brackets: [2001:db8::1]:8087.'

export const uplinkChecks = {
  listen: isAddressOrEmpty,
  address: isAddressOrEmpty,
  server: isAddressOrEmpty,
  socket: (path: string): string | undefined =>
    new TextEncoder().encode(path).length > SOCKET_PATH_BYTES
      ? 'The kernel takes no longer path for a socket: choose a shorter folder.'
      : undefined,
}
