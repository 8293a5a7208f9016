/** Errors of agents, lists, captures, the kernel. */
import { entry, type ErrorEntry } from './entry.ts'

export const HOST_ERRORS = {
  'list.prefix-invalid': entry(
    400,
    '{prefix} is not an address or prefix: {reason}.',
    'Write 192.0.2.1, 192.0.2.0/24, 2001:db8::1 or 2001:db8::/32.',
  ),
  'list.covers-everything': entry(
    400,
    '{prefix} on the deny list would cut this machine off.',
    'Deny the prefixes that are meant, one by one, and none with addresses of 127.0.0.0/8 or ::1.',
  ),
  'list.full': entry(
    409,
    'The {list} list is full: it holds {capacity} entries.',
    'Remove entries, join them into prefixes, or raise lists.maxEntries and restart the agent.',
  ),
  'list.not-found': entry(
    404,
    '{prefix} is not on the {list} list.',
    'GET the list to see what is on it; a prefix is removed by exactly the text shown there.',
  ),
  'list.not-saved': entry(
    500,
    'The lists cannot be written to {path}: {reason}',
    'Make the folder of persistence.path writable for the agent and free space on its disk.',
  ),
  'list.unreadable': entry(
    500,
    'The lists in {path} cannot be read: {reason}',
    'Restore the file, or move it away to start with empty lists.',
  ),
  'agent.away': entry(
    503,
    'No agent is connected.',
    'Start it with `netscope up` or `netscope agent`; /ready tells when it is there.',
  ),
  'agent.timeout': entry(
    504,
    'The agent did not answer {command} within {seconds} s.',
    'Look at the log of the agent, then try again.',
  ),
  'agent.failed': entry(
    502,
    'The agent could not do {command}: {reason}',
    'Look at the log of the agent.',
  ),
  'capture.busy': entry(
    409,
    'Another capture is running on {agent}.',
    'Wait until it is over, or stop it; one runs at a time, eight where the agent keeps a capture ring.',
  ),
  'capture.unavailable': entry(
    501,
    '{agent} cannot capture: {reason}',
    'Captures need the kernel program: run `netscope up` as root, without --mock.',
  ),
  'capture.no-interface': entry(
    400,
    'Nothing is counted on an interface {interface}.',
    'GET /api/v1/status lists the interfaces that packets are counted on.',
  ),
  'capture.no-flow': entry(
    404,
    'There is no flow {flow}.',
    'GET /api/v1/flows lists them; an ended flow is kept for a while only.',
  ),
  'capture.filter': entry(400, 'Filter {filter}: {reason}.', 'A filter is made of {allowed}.'),
  'capture.no-agent': entry(
    404,
    'No agent {agent} is connected.',
    'GET /api/v1/status names those that are; leave `agent` out where there is only one.',
  ),
  'capture.not-found': entry(
    404,
    'No capture {capture} is running.',
    'It is over, or its client has gone; the answer to POST /api/v1/captures names it.',
  ),
  'server.tls': entry(
    500,
    'The certificate of the server cannot be used: {reason}',
    'Compare server.tlsCertFile and server.tlsKeyFile: both PEM, of the same key, readable for the user of the server.',
  ),
  'server.cannot-listen': entry(
    500,
    'The server cannot listen on port {port} of {host}: {reason}',
    'Stop the program that `ss -ltnp` shows there, or set server.port to another from 1024 up.',
  ),
  'uplink.socket': entry(
    500,
    'The socket {socket} cannot be used: {reason}',
    'Check the owner of its folder, or set uplink.socket.',
  ),
  'uplink.cannot-listen': entry(
    500,
    'The server cannot wait for agents on {address}: {reason}',
    'Stop the program that `ss -ltnp` shows there, or set uplink.listen to another address.',
  ),
  'uplink.certificate': entry(
    500,
    'The certificate for agents cannot be used: {reason}',
    'Compare uplink.certificate and uplink.key, or leave both empty: the server makes one for itself.',
  ),
  'fleet.off': entry(
    409,
    'This server takes no agents of other machines.',
    'Set uplink.listen, for example to 0.0.0.0:8087, and restart the server.',
  ),
  'fleet.protocol': entry(
    409,
    'The agent speaks version {theirs} of the uplink, the server version {ours}.',
    'Install the same release of NetScope on both; the server first.',
  ),
  'fleet.unknown': entry(
    401,
    'The credential of agent {agent} is not known here.',
    'It was revoked, or belongs to another server. Join again: netscope agents invite on the server, then netscope agent --token there.',
  ),
  'fleet.other-name': entry(
    409,
    'The credential belongs to agent {known}, not to {agent}.',
    'Let the agent join under its new name: netscope agents invite.',
  ),
  'fleet.token': entry(
    401,
    'The join token {reason}.',
    'Get a new one on the server: netscope agents invite.',
  ),
  'fleet.name-taken': entry(
    409,
    'There is an agent {agent} already.',
    'Give this one another name with agent.name, or remove the other: netscope agents remove {agent}.',
  ),
  'fleet.twice': entry(
    409,
    'Agent {agent} is connected already, from {from}, since later.',
    'Two machines use one credential, perhaps a copied disk: let one of them join anew.',
  ),
  'fleet.too-many': entry(
    503,
    'There are too many agents.',
    'Remove those that are gone: netscope agents remove.',
  ),
  'fleet.no-agent': entry(404, 'There is no agent {agent}.', '`netscope agents` lists them.'),
  'list.out-of-step': entry(
    409,
    'The lists of the agent are at another revision than {revision}.',
    'Nothing is to be done: the server sends them whole.',
  ),
  'kernel.not-root': entry(
    500,
    'Loading the kernel program needs {missing}.',
    'Run as root, or give the agent these capabilities; `netscope up --mock` needs none.',
  ),
  'kernel.no-libbpf': entry(
    500,
    'libbpf cannot be loaded: {reason}',
    'Run bin/setup, or install libbpf1 (Debian).',
  ),
  'kernel.load-failed': entry(
    500,
    'The kernel refused the program: {reason}',
    "Run bin/setup to build it again; `bpftool -d prog loadall bpf/build/flow.bpf.o /sys/fs/bpf/netscope type tc` shows the verifier's log.",
  ),
  'kernel.attach-failed': entry(
    500,
    'The program cannot be attached to {interface} ({hook}): {reason}',
    'Exclude the interface with network.exclude, or set network.attach to the other way.',
  ),
  'kernel.already-running': entry(
    500,
    'Another NetScope agent counts in this network namespace.',
    'Stop it first; one agent serves a whole machine.',
  ),
  'kernel.no-interface': entry(
    500,
    'There is no interface {interface}.',
    'Compare network.interfaces with `ip link`; [auto] takes all.',
  ),
} as const satisfies Record<string, ErrorEntry>
