/** Section `uplink`: how agent and server reach each other. */
import { section, text, type SectionValue } from './key.ts'

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
})

export type UplinkSection = SectionValue<typeof uplinkSection>

export const uplinkChecks = {
  socket: (path: string): string | undefined =>
    new TextEncoder().encode(path).length > SOCKET_PATH_BYTES
      ? 'The kernel takes no longer path for a socket: choose a shorter folder.'
      : undefined,
}
