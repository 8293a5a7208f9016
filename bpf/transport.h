/* SPDX-License-Identifier: GPL-2.0 */
/* Transport headers: ports, flags, ICMP types, and the ports of fragments. */
#ifndef NETSCOPE_TRANSPORT_H
#define NETSCOPE_TRANSPORT_H
#include "icmp.h"
#include "packet.h"

/* The transport header's part of a packet; ports are the sender's and the receiver's, in host order. */
struct transport {
	__u32 src_port, dst_port;
	__u32 header_bytes;
	__u32 flags;
	__u32 ports; /* flow_key.fragment */
};

static __always_inline int parse_transport(struct transport *t, const struct frame *f, __u8 *l4, __u8 protocol)
{
	if (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP && protocol != IPPROTO_ICMP && protocol != ICMPV6 &&
	    protocol != SCTP && protocol != UDPLITE && protocol != DCCP)
		return PARSED;
	/* One comparison each, because the verifier wants the size as a constant. */
	int whole = protocol == IPPROTO_TCP   ? (void *)(l4 + 20) <= f->end
		    : protocol == IPPROTO_UDP ? (void *)(l4 + 8) <= f->end
					      : (void *)(l4 + 4) <= f->end;

	if (!whole) {
		if (!f->last_try && f->data + f->length > f->end)
			return NEED_MORE;
		if ((void *)(l4 + 4) > f->end) {
			t->ports = PORTS_CUT_OFF;
			return PARSED;
		}
	} else if (protocol == IPPROTO_TCP) {
		t->flags = l4[13];
		t->header_bytes = (l4[12] >> 4) * 4;
	} else if (protocol == IPPROTO_UDP) {
		t->header_bytes = 8;
	}
	if (protocol == IPPROTO_ICMP || protocol == ICMPV6) {
		int answer = protocol == ICMPV6 ? icmpv6_answer(l4[0]) : icmp_answer(l4[0]);

		t->src_port = l4[0];
		t->dst_port = answer >= 0 ? (__u32)answer : l4[1];
	} else {
		t->src_port = be16(*(__u16 *)l4);
		t->dst_port = be16(*(__u16 *)(l4 + 2));
	}
	return PARSED;
}

/* Ports of a later fragment from its first one, if that was seen; of a first one, remembers them. */
static __always_inline void fragment(struct transport *t, struct fragment_key *k, int later)
{
	if (!later) {
		if (t->ports == PORTS_KNOWN)
			fragment_note(k, t->src_port | t->dst_port << 16);
		return;
	}
	__u32 ports;

	if (fragment_ports(k, &ports)) {
		t->src_port = ports & 0xffff;
		t->dst_port = ports >> 16;
	} else {
		t->ports = PORTS_IN_FIRST_FRAGMENT;
	}
}

/*
 * The rest of the key in two whole words: hashing reads it at once, and a processor can't forward
 * smaller stores to a larger load (it would wait some 15 cycles for each).
 */
static __always_inline void put_rest(struct packet *p, const struct transport *t, const struct frame *f, __u8 protocol)
{
	__u64 *rest = (__u64 *)&p->key.lo_port;
	__u32 lo = p->from_hi ? t->dst_port : t->src_port, hi = p->from_hi ? t->src_port : t->dst_port;

	rest[0] = (lo | hi << 16 | (__u64)p->vlans << 32) ^ f->zero;
	rest[1] = (f->ifindex | (__u64)protocol << 32 | (__u64)t->ports << 40) ^ f->zero;
	p->tcp_flags = t->flags ^ f->zero;
	p->from_hi ^= f->zero;
	p->v4 ^= f->zero;
	p->vlans ^= f->zero;
}
#endif
