/** The kernel's reasons for a drop (include/net/dropreason-core.h) in words. */

const WORDS: Readonly<Record<string, string>> = {
  NO_SOCKET: 'No program listens at this port',
  PKT_TOO_SMALL: 'The packet was shorter than its headers say',
  TCP_CSUM: 'The TCP checksum was wrong: damaged on the way',
  UDP_CSUM: 'The UDP checksum was wrong: damaged on the way',
  IP_CSUM: 'The IP checksum was wrong: damaged on the way',
  ICMP_CSUM: 'The ICMP checksum was wrong: damaged on the way',
  SOCKET_FILTER: "The program's own socket filter refused it",
  SOCKET_BACKLOG: 'The socket was busy and its backlog full',
  SOCKET_RCVBUFF: 'The receive buffer was full: the program reads too slowly',
  PROTO_MEM: 'The memory for this protocol was used up',
  NETFILTER_DROP: 'A firewall rule of this host (nftables, iptables)',
  OTHERHOST: 'It was addressed to another machine',
  IP_INHDR: 'The IP header was malformed',
  IP_RPFILTER: 'Reverse path filter: it came in at an interface that does not lead back',
  IP_OUTNOROUTES: 'There is no route to the destination',
  IP_INNOROUTES: 'There is no route for it on this host',
  IP_NOPROTO: 'Nothing on this host takes this protocol',
  UNHANDLED_PROTO: 'Nothing on this host takes this protocol',
  XFRM_POLICY: 'An IPsec policy forbids it',
  TCP_LISTEN_OVERFLOW: 'The accept queue was full: the program accepts too slowly',
  TCP_ZEROWINDOW: 'The receive window was closed: the program reads too slowly',
  TCP_OLD_DATA: 'It had arrived before: a needless retransmission',
  TCP_OVERWINDOW: 'It lay beyond the receive window',
  TCP_OFOMERGE: 'It was held already, out of order',
  TCP_OFO_DROP: 'Out of order, and no room to keep it',
  TCP_OFO_QUEUE_PRUNE: 'Memory ran short: packets out of order were thrown away',
  TCP_RFC7323_PAWS: 'Its timestamp was older than the last one (PAWS)',
  TCP_OLD_SEQUENCE: 'Its sequence number was from before',
  TCP_INVALID_SEQUENCE: 'Its sequence number was not expected',
  TCP_OLD_ACK: 'It acknowledged what had been acknowledged',
  TCP_ACK_UNSENT_DATA: 'It acknowledged what had not been sent',
  TCP_RESET: 'The connection had been reset',
  TCP_CLOSE: 'The connection was closed already',
  TCP_FLAGS: 'Its TCP flags did not fit',
  TCP_FASTOPEN: 'TCP Fast Open was refused',
  TCP_MD5FAILURE: 'The TCP MD5 signature was wrong',
  TCP_ABORT_ON_DATA: 'Data came after the program had closed',
  QDISC_DROP: 'The send queue of the interface was full or shaped it',
  QDISC_OVERLIMIT: 'The send queue of the interface was over its limit',
  QDISC_CONGESTED: 'The send queue of the interface saw congestion',
  CPU_BACKLOG: 'A processor could not keep up (net.core.netdev_max_backlog)',
  FULL_RING: 'The ring of the network card or tunnel was full',
  NOMEM: 'Memory ran out',
  DEV_READY: 'The device was not ready',
  DEV_HDR: 'The header of the device could not be written',
  NEIGH_FAILED: 'The next hop did not answer (ARP or neighbour discovery)',
  NEIGH_QUEUEFULL: 'Too many packets waited for the next hop to answer',
  NEIGH_DEAD: 'The next hop was gone',
  NEIGH_CREATEFAIL: 'The neighbour table was full',
  PKT_TOO_BIG: 'It was larger than the path takes',
  BPF_CGROUP_EGRESS: 'A BPF program of the cgroup refused it',
  TC_INGRESS: 'A tc program or filter dropped it as it came in',
  TC_EGRESS: 'A tc program or filter dropped it as it went out',
  XDP: 'An XDP program dropped it',
  SKB_CSUM: 'A checksum was wrong',
  NOT_SPECIFIED: 'The kernel does not say why',
}

/** The kernel's name without its prefix: `NO_SOCKET`. */
export const shortReason = (reason: string): string => reason.replace(/^SKB_DROP_REASON_/, '')

/** Words for a reason; for one that has none its own name as a text. */
export const dropWords = (reason: string): string => {
  const short = shortReason(reason)
  if (short === '') return 'The kernel does not say why'
  return WORDS[short] ?? short.toLowerCase().replaceAll('_', ' ')
}
