/* SPDX-License-Identifier: GPL-2.0 */
/* What the parser is given, and what it makes of it. */
#ifndef NETSCOPE_PACKET_H
#define NETSCOPE_PACKET_H
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include "flow.h"

#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif
#ifndef __noinline
#define __noinline __attribute__((noinline))
#endif

#define ICMPV6 58
#define SCTP 132
#define DCCP 33
#define UDPLITE 136
#define MAX_EXTENSION_HEADERS 8
#define MAX_EXTENSION_BYTES 1024
#define MAX_VLAN_TAGS 2

/* flow_key.fragment */
#define PORTS_KNOWN 0
#define PORTS_IN_FIRST_FRAGMENT 1
#define PORTS_CUT_OFF 2

enum parsed { PARSED = 0, NOT_IP = 1, MALFORMED = 2, NEED_MORE = 3 };

/* What the parser is given. */
struct frame {
	void *data, *end;  /* the bytes that can be read */
	__u32 length;      /* of the whole frame; more than end - data when the rest is elsewhere */
	__u32 segments;    /* of a GSO/GRO super-packet, else 1 */
	__u32 wire_length; /* the kernel's own estimate of all segments at egress, else 0 */
	__u32 ifindex;
	__u32 zero;        /* always, but the verifier does not know it */
	__u16 vlan;        /* tag that the hardware has stripped */
	__u8 last_try;     /* 1: more bytes cannot be had */
};

/*
 * What it makes of it. Each word is `^ frame.zero`, so that the verifier knows nothing of it. Else it walks all that follows
 * once for each way through the parser: 450,000 instructions instead of 200,000, half a second of each start on a small machine.
 */
struct packet {
	struct flow_key key;
	__u32 vlans;         /* outer VLAN id, inner VLAN id << 16 */
	__u64 addresses4;    /* IPv4: lo | hi << 32, as in the packet */
	__u32 v4;
	__u32 from_hi;       /* 1: sent by key.hi_addr */
	__u32 packets;       /* on the wire */
	__u32 bytes;         /* L3 bytes of all of them */
	__u32 segment_bytes; /* of bytes, the headers of segments 2..n */
	__u32 link_bytes;    /* of the frame beyond the link header and IP: VLAN tags, padding */
	__u32 tcp_flags;
};

/* Where a packet is seen. */
struct hook {
	__u32 ifindex;
	__u32 direction;
	__u32 came_in_by; /* interface that the packet entered the host by; 0: sent by the host */
	__u32 l2;	  /* 14 where frames begin with an Ethernet header, 0 where they begin with IP */
	void *skb;	  /* the kernel's context */
};

#define NO_SLOT (~0u)

/* Hands the whole packet to user space if it passes the filter of the capture that runs. */
static void capture(const struct packet *p, const struct hook *h, __u32 verdict, __u32 slot);

struct fragment_key {
	__u8 src_addr[16], dst_addr[16];
	__u32 id;
	__u32 protocol;
};

static void fragment_note(const struct fragment_key *k, __u32 ports);
static int fragment_ports(const struct fragment_key *k, __u32 *ports); /* 1: known */

/*
 * x, below 4096, but the verifier knows nothing more of it. Else it walks all that follows once for each range
 * that x can arrive with: 5.10 and 6.1 gave up after 1,000,000 instructions. `npm run test:kernels` tells how
 * many they need.
 */
static __always_inline __u32 forget_range(__u32 x)
{
#ifdef __bpf__
	__u64 r = x;

	asm volatile("%0 = be16 %0\n\t%0 = be16 %0" : "+r"(r));
	return r & 0xfff;
#else
	return x;
#endif
}

/* The same number, of which neither compiler nor verifier knows anything: a bound tested next is seen by both. */
static __always_inline __u32 unknown(__u32 x)
{
	asm volatile("" : "+r"(x));
	return x;
}

static __always_inline __u16 be16(__u16 x) { return __builtin_bswap16(x); }
#endif
