/** Section `agent`: the process that counts. */
import { choice, integer, section, text, type SectionValue } from './key.ts'

export const agentSection = section('The agent.', {
  name: text({
    default: 'localhost',
    minLength: 1,
    maxLength: 253,
    pattern: '^[A-Za-z0-9._-]+$',
    description: 'Name of this agent in every record.',
    defaultText: 'the host name',
    allowed: '1 to 253 letters, digits, dots, hyphens and underscores',
  }),
  source: choice({
    enum: ['ebpf', 'mock'],
    default: 'ebpf',
    description:
      'Where packets come from: the kernel, or a made-up network (needs no privileges). Captures are played by `netscope replay FILE`.',
  }),
  ipWindowMaxAddresses: integer({
    default: 16384,
    minimum: 64,
    maximum: 1048576,
    description:
      'Addresses whose activity of the last 60 s is kept; memory stays bounded under spoofed sources.',
  }),
  captureRingMegabytes: integer({
    default: 0,
    minimum: 0,
    maximum: 1024,
    description:
      'MiB of memory in which the agent keeps the last packets of all its interfaces, so that the packets of an alert begin before it; 0: none are kept. They leave the host only when an alert or an operator asks for those of an address.',
  }),
  captureRingSnapLength: integer({
    default: 128,
    minimum: 64,
    maximum: 65_535,
    description:
      'Bytes that are kept of each of these packets: 128 are its headers and the first bytes of what it carries.',
  }),
})

export type AgentSection = SectionValue<typeof agentSection>
