/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frame -> 5-tuple, wire packets and L3 bytes. Pure C over a bounded buffer: compiled for BPF and for
 * WebAssembly, so that captures and fuzzed packets are read by the very code that runs in the kernel.
 * Where fragments are remembered, the platform says (maps.h, wasm/platform.h).
 */
#ifndef NETSCOPE_PARSE_H
#define NETSCOPE_PARSE_H
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
	void *data, *end;   /* the bytes that can be read */
	__u32 length;       /* of the whole frame; more than end - data when the rest is elsewhere */
	__u32 segments;     /* of a GSO/GRO super-packet, else 1 */
	__u32 segment_size; /* its payload per segment; 0 without GSO */
	__u32 wire_length;  /* the kernel's own estimate of all segments at egress, else 0 */
	__u32 ifindex;
	__u16 vlan;         /* tag that the hardware has stripped */
	__u8 last_try;      /* 1: more bytes cannot be had */
};

/* What it makes of it. */
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
};

#define NO_SLOT (~0u)

struct fragment_key {
	__u8 src_addr[16], dst_addr[16];
	__u32 id;
	__u32 protocol;
};

static void fragment_note(const struct fragment_key *k, __u32 ports);
static int fragment_ports(const struct fragment_key *k, __u32 *ports); /* 1: known */

static __always_inline __u16 be16(__u16 x) { return __builtin_bswap16(x); }

/* Answer types by Community ID v1: a two-way ICMP exchange is one flow. -1: one-way. */
static __always_inline int icmp_answer(__u8 type)
{
	switch (type) {
	case 0: return 8;
	case 8: return 0;
	case 9: return 10;
	case 10: return 9;
	case 13: return 14;
	case 14: return 13;
	case 15: return 16;
	case 16: return 15;
	case 17: return 18;
	case 18: return 17;
	}
	return -1;
}

static __always_inline int icmpv6_answer(__u8 type)
{
	switch (type) {
	case 128: case 130: case 133: case 135: case 139: case 144: return type + 1;
	case 129: case 131: case 134: case 136: case 140: case 145: return type - 1;
	}
	return -1;
}

/* The transport header's part of a packet; ports are the sender's and the receiver's, in host order. */
struct transport {
	__u32 src_port, dst_port;
	__u32 header_bytes;
	__u32 flags;
	__u32 ports; /* flow_key.fragment */
};

static __always_inline int parse_transport(struct transport *t, const struct frame *f, __u8 *l4, __u8 protocol)
{
	__u32 want = protocol == IPPROTO_TCP ? 20 : protocol == IPPROTO_UDP ? 8 : 4;

	if (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP && protocol != IPPROTO_ICMP && protocol != ICMPV6 &&
	    protocol != SCTP && protocol != UDPLITE && protocol != DCCP)
		return PARSED;
	if (protocol == IPPROTO_TCP ? (void *)(l4 + 20) > f->end
				    : protocol == IPPROTO_UDP ? (void *)(l4 + 8) > f->end : (void *)(l4 + 4) > f->end) {
		if (!f->last_try && f->data + f->length > f->end && want)
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

/* Wire packets and L3 bytes of `l3_length` bytes at `l3_offset`, of which the IP header claims `claimed`. */
static __always_inline void measure(struct packet *p, const struct frame *f, __u32 l2, __u32 l3_offset, __u32 claimed,
				    __u32 ip_header, const struct transport *t, __u8 protocol)
{
	__u32 l3_length = f->length - l3_offset;

	if (f->segments > 1) {
		p->packets = f->segments;
		p->segment_bytes = (f->segments - 1) * (ip_header + t->header_bytes);
		/* A tunnel's inner headers repeat too; at egress the kernel has measured them. */
		if (protocol != IPPROTO_TCP && f->wire_length > f->length)
			p->segment_bytes = f->wire_length - f->length;
		p->bytes = l3_length + p->segment_bytes;
		p->link_bytes = l3_offset - l2;
		return;
	}
	p->packets = 1;
	p->segment_bytes = 0;
	p->bytes = claimed >= ip_header && claimed <= l3_length ? claimed : l3_length;
	p->link_bytes = f->length - l2 - p->bytes;
}

static __always_inline void put_v4(__u8 *addr, __u32 v4)
{
	((__u64 *)addr)[0] = 0;
	((__u32 *)addr)[2] = 0xffff0000;
	((__u32 *)addr)[3] = v4;
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

	rest[0] = lo | hi << 16 | (__u64)p->vlans << 32;
	rest[1] = f->ifindex | (__u64)protocol << 32 | (__u64)t->ports << 40;
	p->tcp_flags = t->flags;
}

static __always_inline int parse_v4(struct packet *p, const struct frame *f, __u32 l2, __u32 l3_offset, void *l3)
{
	struct iphdr *ip = l3;
	struct transport t = {};

	if ((void *)(ip + 1) > f->end)
		return f->last_try || f->data + f->length <= f->end ? MALFORMED : NEED_MORE;
	__u32 header = (*(__u8 *)l3 & 15) << 2;

	if (header < 20 || *(__u8 *)l3 >> 4 != 4)
		return MALFORMED;
	__u32 src = ip->saddr, dst = ip->daddr;
	__u16 off = be16(ip->frag_off) & 0x3fff; /* offset and MF */

	__u8 protocol = ip->protocol;

	if (!(off & 0x1fff)) {
		int r = parse_transport(&t, f, l3 + header, protocol);

		if (r)
			return r;
	}
	if (off) {
		struct fragment_key k = {.id = ip->id, .protocol = protocol};

		put_v4(k.src_addr, src);
		put_v4(k.dst_addr, dst);
		fragment(&t, &k, off & 0x1fff);
	}
	p->from_hi = src > dst || (src == dst && t.src_port > t.dst_port);
	__u32 lo = p->from_hi ? dst : src, hi = p->from_hi ? src : dst;

	p->v4 = 1;
	p->addresses4 = lo | (__u64)hi << 32;
	put_v4(p->key.lo_addr, lo);
	put_v4(p->key.hi_addr, hi);
	put_rest(p, &t, f, protocol);
	measure(p, f, l2, l3_offset, be16(ip->tot_len), header, &t, protocol);
	return PARSED;
}

static __always_inline int is_extension(__u8 next)
{
	return next == 0 || next == 43 || next == 44 || next == 51 || next == 60 || next == 135 || next == 139 || next == 140;
}

/* RFC 8200 section 4; stops at a later fragment, whose bytes are payload. */
struct extensions {
	__u32 offset; /* of the transport header from the IPv6 header */
	__u32 fragment_id;
	__u8 next;
	__u8 fragmented;
	__u8 later;
	__u8 cut_off;
};

static __always_inline int walk_extensions(struct extensions *x, const struct frame *f, __u8 *l3)
{
#pragma unroll
	for (int i = 0; i < MAX_EXTENSION_HEADERS; i++) {
		if (!is_extension(x->next) || x->later)
			return PARSED;
		__u8 *h = l3 + x->offset;

		if (x->offset > MAX_EXTENSION_BYTES || (void *)(h + 8) > f->end) {
			if (x->offset <= MAX_EXTENSION_BYTES && !f->last_try && f->data + f->length > f->end)
				return NEED_MORE;
			x->cut_off = 1;
			return PARSED;
		}
		if (x->next == 44) {
			x->fragmented = 1;
			x->later = (be16(*(__u16 *)(h + 2)) & 0xfff8) != 0;
			x->fragment_id = *(__u32 *)(h + 4);
			x->offset += 8;
		} else if (x->next == 51) {
			x->offset += (h[1] + 2) * 4;
		} else {
			x->offset += (h[1] + 1) * 8;
		}
		x->next = h[0];
	}
	x->cut_off = is_extension(x->next) && !x->later;
	return PARSED;
}

static __always_inline int parse_v6(struct packet *p, const struct frame *f, __u32 l2, __u32 l3_offset, void *l3)
{
	struct ipv6hdr *ip = l3;
	struct transport t = {};
	int r;

	if ((void *)(ip + 1) > f->end)
		return f->last_try || f->data + f->length <= f->end ? MALFORMED : NEED_MORE;
	if (*(__u8 *)l3 >> 4 != 6)
		return MALFORMED;
	struct extensions x = {.offset = 40, .next = ip->nexthdr};

	if (is_extension(x.next)) {
		r = walk_extensions(&x, f, l3);
		if (r)
			return r;
	}
	t.ports = x.cut_off ? PORTS_CUT_OFF : PORTS_KNOWN;
	if (!x.later && !x.cut_off && x.offset <= MAX_EXTENSION_BYTES + 2048) {
		r = parse_transport(&t, f, l3 + x.offset, x.next);
		if (r)
			return r;
	}
	__u64 *src = (__u64 *)&ip->saddr, *dst = (__u64 *)&ip->daddr;
	__u64 s0 = src[0], s1 = src[1], d0 = dst[0], d1 = dst[1];

	if (x.fragmented && !x.cut_off) {
		struct fragment_key k = {.id = x.fragment_id, .protocol = x.next};

		((__u64 *)k.src_addr)[0] = s0;
		((__u64 *)k.src_addr)[1] = s1;
		((__u64 *)k.dst_addr)[0] = d0;
		((__u64 *)k.dst_addr)[1] = d1;
		fragment(&t, &k, x.later);
	}
	p->from_hi = s0 > d0 || (s0 == d0 && (s1 > d1 || (s1 == d1 && t.src_port > t.dst_port)));
	p->v4 = 0;
	__u64 *lo = (__u64 *)p->key.lo_addr, *hi = (__u64 *)p->key.hi_addr;

	lo[0] = p->from_hi ? d0 : s0;
	lo[1] = p->from_hi ? d1 : s1;
	hi[0] = p->from_hi ? s0 : d0;
	hi[1] = p->from_hi ? s1 : d1;
	put_rest(p, &t, f, x.next);
	/* Payload length 0: a jumbogram (RFC 2675, BIG TCP). */
	measure(p, f, l2, l3_offset, ip->payload_len ? be16(ip->payload_len) + 40 : 0, x.offset, &t, x.next);
	return PARSED;
}

static __always_inline int is_vlan(__u16 type) { return type == be16(ETH_P_8021Q) || type == be16(ETH_P_8021AD); }

/* A tag in the packet: the first one seen is the outer VLAN, the next the inner. */
static __always_inline void put_vlan(struct packet *p, __u32 id)
{
	if (!p->vlans)
		p->vlans = id;
	else if (!(p->vlans >> 16))
		p->vlans |= id << 16;
}

/* `l2`: 14 where frames begin with an Ethernet header, 0 where they begin with IP. */
static __always_inline int parse(struct packet *p, const struct frame *f, __u32 l2)
{
	void *l3 = f->data + l2;
	__u32 offset = l2;
	__u16 type;

	p->vlans = f->vlan;
	if (l2) {
		struct ethhdr *eth = f->data;

		if ((void *)(eth + 1) > f->end)
			return f->last_try || f->data + f->length <= f->end ? NOT_IP : NEED_MORE;
		type = eth->h_proto;
#pragma unroll
		for (int i = 0; i < MAX_VLAN_TAGS; i++) {
			if (!is_vlan(type))
				break;
			if (l3 + 4 > f->end)
				return f->last_try || f->data + f->length <= f->end ? NOT_IP : NEED_MORE;
			put_vlan(p, be16(*(__u16 *)l3) & 0xfff);
			type = *(__u16 *)(l3 + 2);
			l3 += 4;
			offset += 4;
		}
	} else {
		if (l3 + 1 > f->end)
			return f->last_try || f->data + f->length <= f->end ? NOT_IP : NEED_MORE;
		__u8 version = *(__u8 *)l3 >> 4;

		type = version == 4 ? be16(ETH_P_IP) : version == 6 ? be16(ETH_P_IPV6) : 0;
	}
	if (type == be16(ETH_P_IP))
		return parse_v4(p, f, l2, offset, l3);
	if (type == be16(ETH_P_IPV6))
		return parse_v6(p, f, l2, offset, l3);
	return NOT_IP;
}
#endif
