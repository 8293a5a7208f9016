/** Finds captures in a folder. */
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The captures with known results that lie beside the repository. */
export const SHARED_CAPTURES = fileURLToPath(new URL('../../../shared/pcaps', import.meta.url))

/** Paths within `folder`, in order. */
export const findCaptures = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(pcap|pcapng|cap)(\.gz)?$/.test(path))
    .toSorted()

/** Of each kind one: each start of tshark takes a second or two. */
const SOME = [
  'community-id-spec/combined.pcap',
  'ipfixprobe/mixed.pcap',
  'ipfixprobe/vlan.pcap',
  'markofu-nmap/TCP_SYN_SCAN.pcap',
  'ndpi/fuzz-2006-06-26-2594.pcap',
  'pcapplusplus/ip4_fragments.pcap',
  'zeek/nmap-vsn.pcap',
  'zeek/q-in-q.pcap',
  'zeek/wikipedia.pcap',
]

/** What `npm test` compares with others; with NETSCOPE_ALL_CAPTURES=1 (`npm run test:fuzz`) all that are there. */
export const capturesToCompare = (folder: string): string[] => {
  const all = findCaptures(folder)
  return process.env['NETSCOPE_ALL_CAPTURES'] ? all : all.filter((path) => SOME.includes(path))
}
