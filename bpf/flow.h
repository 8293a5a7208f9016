/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The binary contract between the kernel program, the WebAssembly build of the same program and
 * user space (core/src/slot.ts). test/contract.test.ts compares both through BTF.
 * All times are nanoseconds of CLOCK_MONOTONIC; all integers are little-endian; addresses are in
 * network byte order, IPv4 as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2); ports are in host order.
 */
#ifndef NETSCOPE_FLOW_H
#define NETSCOPE_FLOW_H
#include <linux/types.h>

enum verdict { VERDICT_PASS = 0, VERDICT_DROP = 1, VERDICT_SKIP = 2, VERDICT_SSH = 3, VERDICTS = 4 };
enum direction { INGRESS = 0, EGRESS = 1 };
enum slot_state { SLOT_FREE = 0, SLOT_LIVE = 1, SLOT_ORPHAN = 2 };

/* flow_slot.path: where the packets of one direction are counted. */
#define PATH_SEEN 1      /* at least one packet */
#define PATH_EGRESS 2    /* counted at egress of the interface, else at ingress */
#define PATH_FORWARDED 4 /* came in through another interface of this host */
#define PATH_OWNED 8     /* the sender's socket is noted in flow_owner */
#define PATH_LIMITED 16  /* a limit holds the sender; set with the verdict, packet or not */

/* What frames that user space decodes are of; each kind has its own limit (observe.h). */
enum observed_kind {
	OBSERVED_DNS = 1,
	OBSERVED_NAMES = 2, /* mDNS, LLMNR, NetBIOS */
	OBSERVED_DHCP = 3,  /* and DHCPv6 */
	OBSERVED_NDP = 4,
	OBSERVED_ARP = 5,
	OBSERVED_TLS = 6, /* segments of a ClientHello */
	OBSERVED_QUIC = 7,
	OBSERVED_HTTP = 8,
	OBSERVED_HOP = 9, /* samples of new flows: only the Ethernet header, for who passes on what */
	OBSERVED_KINDS = 16
};

/* flow_slot.observe: a kind of which every packet is handed over, or what to look for in the first ones. */
#define OBSERVE_NOT 0
#define OBSERVE_TCP 16
#define OBSERVE_UDP 17
#define OBSERVE_HELLO 18 /* + side that has begun one */

/*
 * Both endpoints in canonical order (lo <= hi), so that both directions meet in one entry.
 * ICMP and ICMPv6 use the ports of Community ID v1: the sender's is the type, the receiver's the
 * type of the answer, or the code where there is none.
 */
struct flow_key {
	__u8 lo_addr[16];
	__u8 hi_addr[16];
	__u16 lo_port;
	__u16 hi_port;
	__u16 vlan;       /* outer VLAN id, 0 without a tag */
	__u16 inner_vlan; /* second VLAN id of QinQ */
	__u32 ifindex;    /* observation point */
	__u8 protocol;    /* IANA protocol number */
	__u8 fragment;    /* 1: later fragments whose first one was not seen; ports are 0 */
	__u16 reserved;
};

/* The key of the kernel's IPv4 table. */
struct flow_key4 {
	__u64 addresses; /* last four bytes of lo_addr, then of hi_addr */
	__u64 rest[2];	 /* flow_key from lo_port on */
};

/* One flow. Index 0 of a pair is what lo sent, index 1 what hi sent. Three cache lines. */
struct flow_slot {
	__u64 packets[2]; /* wire packets: a GSO/GRO super-packet counts its segments */
	__u64 bytes[2];   /* L3 bytes on the wire, headers of all segments included */
	__u64 last_ns[2];
	__u32 list_gen; /* control.list_gen for which verdict holds */
	__u8 verdict;
	__u8 client; /* 0: lo sent the first packet, 1: hi did */
	__u8 path[2];
	__u8 tcp_flags[2]; /* all flags seen */
	__u8 state;
	__u8 observe; /* enum observed_kind or OBSERVE_* */
	__u32 index; /* of this slot */

	__u64 first_ns[2];
	__u64 dropped_packets[2]; /* of packets[], those that we dropped */
	__u64 dropped_bytes[2];
	__u32 syn[2]; /* SYN without ACK */
	__u32 syn_ack[2];

	__u32 fin[2];
	__u32 rst[2];
	struct flow_key key;
};

/* Who sends, by flow and side; index of the slot. Zeroed by user space with the slot. */
struct flow_owner {
	__u64 cookie[2]; /* of the socket on this host, 0 = none seen */
};

/* One packet, sent to user space only while WATCH_EVENTS of control.watch is set. */
struct packet_event {
	__u64 time_ns;
	__u8 src_addr[16];
	__u8 dst_addr[16];
	__u16 src_port;
	__u16 dst_port;
	__u32 ifindex;
	__u32 bytes;   /* L3 bytes on the wire of all its segments */
	__u16 packets; /* segments */
	__u16 vlan;
	__u8 protocol;
	__u8 verdict;
	__u8 direction;
	__u8 tcp_flags;
	__u32 reserved;
};

/* A frame handed to user space, then `captured` bytes of it. Times of one CPU rise. */
struct observation {
	__u64 time_ns;
	__u32 slot;	   /* of the flow, NO_SLOT without one */
	__u32 frame_bytes; /* of the whole frame */
	__u16 captured;
	__u16 segments;
	__u16 vlan; /* id of a tag that the hardware has stripped */
	__u8 kind;  /* enum observed_kind */
	__u8 direction;
	__u8 link_header_bytes; /* 14, or 0 where the frame begins with IP */
	__u8 from_hi;		/* sent by key.hi_addr */
	__u16 reserved;
	struct flow_key key; /* without a flow only ifindex */
	__u32 padding;
};

/* control.watch, bits. */
#define WATCH_EVENTS 1
#define WATCH_CAPTURE 2 /* capture.h */

/* Written by user space, read by the program: the .bss page, mapped by both. */
struct control {
	__u32 list_gen;      /* starts at 1; any change of a list or a limit increments it */
	__u32 allow_entries; /* 0: the allow list need not be searched */
	__u32 deny_entries;
	__u32 watch;         /* WATCH_*: what somebody wants of packets */
	__u32 events_per_10ms; /* per CPU */
	__u16 ssh_ports[8];  /* TCP ports that are never dropped, 0 = unused */
	__u16 quiet_port;    /* our own server's on lo: never dropped; no packet events, they would feed themselves */
	__u16 observe_http;  /* 1: requests of HTTP are observed, for their host */
	__u32 observe_per_10ms; /* of each kind, per CPU; 0: nothing is observed */
	__u32 hops_per_10ms; /* OBSERVED_HOP, per CPU: a few tell who passes on what, and nothing is lost with the others */
	__u32 limit_entries; /* 0: limits need not be searched */
	__u32 pinned_entries;
	__u32 resets; /* 1: established TCP connections that are dropped are answered with a reset */
	__u32 zero; /* always: see struct frame */
	/* A cache line of their own: every new flow writes here, every packet reads what is above. */
	__u32 free_tail;     /* recycled slots lie at free_slots[head..tail) modulo its size */
	__u32 free_head;     /* written by the program */
	__u32 handed_out;    /* written by the program: slots [0, handed_out) have been in use */
};

struct hook_key {
	__u32 ifindex;
	__u32 direction;
};

/* Per interface and direction, per CPU: all that flow entries don't tell but the interface counts. */
struct hook_counters {
	__u64 not_ip_packets, not_ip_bytes;       /* frames; bytes of the whole frame */
	__u64 malformed_packets, malformed_bytes; /* IP packets without readable headers; whole frame */
	__u64 overflow_packets, overflow_bytes;   /* no entry to be had; wire packets, L3 bytes */
	__u64 hairpin_packets, hairpin_bytes;     /* counted at the other hook of this interface (lo) */
	__u64 dropped_packets, dropped_bytes;     /* by the deny list or a limit; in flows or overflow as well */
	__u64 segment_packets, segment_bytes;     /* wire packets and L3 bytes beyond the skb itself */
	__u64 link_bytes; /* of IP packets: VLAN tags in the packet and padding, beyond Ethernet's 14 */
	__u64 limited_packets, limited_bytes;     /* of the dropped ones, those by a limit */
	__u64 reset_packets;                      /* of the dropped ones, those that were answered with a reset */
};

/* Totals of packets without an entry: index = (direction * VERDICTS + verdict) * PROTOCOL_CLASSES + class. */
enum protocol_class { CLASS_TCP = 0, CLASS_UDP = 1, CLASS_ICMP = 2, CLASS_ICMPV6 = 3, CLASS_OTHER = 4, PROTOCOL_CLASSES = 5 };
struct traffic {
	__u64 packets, bytes;
};

/* Per CPU. */
struct event_counters {
	__u64 window_ns; /* start of the current 10 ms */
	__u64 used;      /* events in it */
	__u64 sent;
	__u64 skipped; /* over events_per_10ms */
	__u64 lost;    /* ring buffer full */
};

/* Per CPU. */
struct observation_counters {
	__u64 window_ns; /* start of the current 10 ms */
	__u64 sent;
	__u64 skipped; /* over observe_per_10ms */
	__u64 lost;    /* ring buffer full */
	__u32 used[OBSERVED_KINDS]; /* in these 10 ms, by kind */
};

struct prefix {
	__u32 length; /* bits, IPv4 prefixes count from 96 */
	__u8 addr[16];
};

enum limit_kind { LIMIT_SYN = 1, LIMIT_ALL = 2 };

/* Value of a prefix of which every source has a token bucket (limit.h). */
struct limit {
	__u64 ns_per_packet;
	__u64 burst_ns; /* packets that may come at once, in time */
	__u64 dropped_packets, dropped_bytes; /* written by the program */
	__u32 id;   /* never used again: buckets of an older limit are not found */
	__u32 kind; /* enum limit_kind */
};

/* One source at one interface: a packet that passes a bridge and its port is charged at each by itself. */
struct bucket_key {
	__u8 addr[16]; /* IPv6: the /64 */
	__u32 id;
	__u32 ifindex;
};
#endif
