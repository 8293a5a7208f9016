/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frame -> 5-tuple, wire packets and L3 bytes. Pure C over a bounded buffer: compiled for BPF and for
 * WebAssembly, so that captures and fuzzed packets are read by the very code that runs in the kernel.
 * Where fragments are remembered, the platform says (maps.h, wasm/platform.h).
 */
#ifndef NETSCOPE_PARSE_H
#define NETSCOPE_PARSE_H
#include "transport.h"

/* Wire packets and L3 bytes of `l3_length` bytes at `l3_offset`, of which the IP header claims `claimed`. */
static __always_inline void measure(struct packet *p, const struct frame *f, __u32 l2, __u32 l3_offset, __u32 claimed,
				    __u32 ip_header, const struct transport *t, __u8 protocol)
{
	__u32 l3_length = f->length - l3_offset;

	if (f->segments > 1) {
		p->packets = f->segments ^ f->zero;
		p->segment_bytes = (f->segments - 1) * (ip_header + t->header_bytes) ^ f->zero;
		/* A tunnel's inner headers repeat too; at egress the kernel has measured them. */
		if (protocol != IPPROTO_TCP && f->wire_length > f->length)
			p->segment_bytes = (f->wire_length - f->length) ^ f->zero;
		p->bytes = l3_length + p->segment_bytes;
		p->link_bytes = (l3_offset - l2) ^ f->zero;
		return;
	}
	p->packets = 1 ^ f->zero;
	p->segment_bytes = f->zero;
	p->bytes = (claimed >= ip_header && claimed <= l3_length ? claimed : l3_length) ^ f->zero;
	p->link_bytes = f->length - l2 - p->bytes;
}

static __always_inline void put_v4(__u8 *addr, __u32 v4)
{
	((__u64 *)addr)[0] = 0;
	((__u32 *)addr)[2] = 0xffff0000;
	((__u32 *)addr)[3] = v4;
}

static __always_inline int parse_v4(struct packet *p, const struct frame *f, __u32 l2, __u32 l3_offset, void *l3)
{
	struct iphdr *ip = l3;
	struct transport t = {};

	if ((void *)(ip + 1) > f->end)
		return f->last_try || f->data + f->length <= f->end ? MALFORMED : NEED_MORE;
	__u32 header = (*(__u8 *)l3 & 15) << 2;

	__u32 total = be16(ip->tot_len); /* 0: of a super-packet (BIG TCP, TSO) */

	if (header < 20 || *(__u8 *)l3 >> 4 != 4 || (total && total < header))
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
	measure(p, f, l2, l3_offset, total, header, &t, protocol);
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
		x->offset = forget_range(x->offset);
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
	/* Addresses that look like IPv4's make the same key, and a key must be in one table only. */
	p->v4 = (s0 | d0 | ((__u32)s1 ^ 0xffff0000) | ((__u32)d1 ^ 0xffff0000)) == 0;
	p->addresses4 = p->from_hi ? d1 >> 32 | (s1 >> 32) << 32 : s1 >> 32 | (d1 >> 32) << 32;
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
