/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frames that user space decodes: names (DNS, TLS, QUIC, HTTP) and what hosts say about themselves (ARP, NDP, DHCP,
 * mDNS). Which flows these are is settled with the flow's first packet; a flow that is not, or no longer, pays one
 * test per packet. Where frames are read and records go, the platform says (maps.h, wasm/platform.h).
 */
#ifndef NETSCOPE_OBSERVE_H
#define NETSCOPE_OBSERVE_H
#include "hand-over.h"

/* Of each side, where a ClientHello or a request may be: handshake, a proxy's or STARTTLS' lines, the hello's segments. */
#define OBSERVED_PACKETS 8

#define TCP_PUSH 0x08
#define QUIC_1 0x00000001
#define QUIC_2 0x6b3343cf

static __always_inline int has_port(const struct flow_key *k, __u16 port) { return k->lo_port == port || k->hi_port == port; }

/* flow_slot.observe of a new flow; ICMPv6's types are in its ports. */
static __always_inline __u32 what_to_observe(const struct flow_key *k)
{
	if (!control.observe_per_10ms)
		return OBSERVE_NOT;
	if (k->protocol == ICMPV6)
		return (__u16)(k->lo_port - 133) < 5 || (__u16)(k->hi_port - 133) < 5 ? OBSERVED_NDP : OBSERVE_NOT;
	if (k->protocol != IPPROTO_TCP && k->protocol != IPPROTO_UDP)
		return OBSERVE_NOT;
	if (has_port(k, 53))
		return OBSERVED_DNS;
	if (k->protocol == IPPROTO_TCP)
		return OBSERVE_TCP;
	if (has_port(k, 5353) || has_port(k, 5355) || has_port(k, 137))
		return OBSERVED_NAMES;
	if (has_port(k, 67) || has_port(k, 68) || has_port(k, 546) || has_port(k, 547))
		return OBSERVED_DHCP;
	return OBSERVE_UDP;
}

/* Where a packet's headers are, from the start of the frame. */
struct places {
	__u32 l3, l4;
};

/* 0 where the transport header is not in this packet. Read anew: counting all packets does not pay for it. */
static __noinline int find_transport(struct places *at, const struct hook *h, __u32 protocol)
{
	__u32 l3 = h->l2, l4;
	__u16 type = 0;
	__u8 b[8] = {};

	if (l3) {
		if (frame_load(h, 12, &type, 2))
			return 0;
		for (int i = 0; i < MAX_VLAN_TAGS && is_vlan(type); i++) {
			if (frame_load(h, l3 + 2, &type, 2))
				return 0;
			l3 += 4;
		}
	}
	if (frame_load(h, l3, b, 8))
		return 0;
	at->l3 = l3;
	if (b[0] >> 4 == 4) {
		at->l4 = l3 + ((b[0] & 15) << 2);
		return !((b[6] & 0x1f) | b[7]);
	}
	__u8 next = b[6];

	l4 = l3 + 40;
	for (int i = 0; i < MAX_EXTENSION_HEADERS && next != protocol; i++) {
		if (frame_load(h, l4, b, 4))
			return 0;
		if (next == 44 && (b[2] | (b[3] & 0xf8)))
			return 0;
		l4 += next == 44 ? 8 : next == 51 ? (b[1] + 2) * 4 : (b[1] + 1) * 8;
		next = b[0];
	}
	at->l4 = l4;
	return next == protocol;
}

/* A client's Initial of version 1 or 2 (RFC 9000 17.2, RFC 9369 3.2). */
static __noinline int is_quic_initial(const struct hook *h)
{
	struct places at = {};
	__u8 b[5] = {};

	if (!find_transport(&at, h, IPPROTO_UDP) || frame_load(h, at.l4 + 8, b, 5))
		return 0;
	__u32 version = (__u32)b[1] << 24 | b[2] << 16 | b[3] << 8 | b[4];

	return (version == QUIC_1 && (b[0] & 0xf0) == 0xc0) || (version == QUIC_2 && (b[0] & 0xf0) == 0xd0);
}

static __always_inline int is_method(const __u8 *b)
{
	__u32 word = (__u32)b[0] | b[1] << 8 | b[2] << 16 | (__u32)b[3] << 24;

#define METHOD(a, b, c, d) (word == ((a) | (b) << 8 | (c) << 16 | (__u32)(d) << 24))
	return METHOD('G', 'E', 'T', ' ') || METHOD('P', 'O', 'S', 'T') || METHOD('H', 'E', 'A', 'D') ||
	       METHOD('P', 'U', 'T', ' ') || METHOD('D', 'E', 'L', 'E') || METHOD('O', 'P', 'T', 'I') ||
	       METHOD('P', 'A', 'T', 'C') || METHOD('C', 'O', 'N', 'N');
}

/*
 * Whether this segment begins a ClientHello (RFC 8446 5.1, 4.1.2), goes on with one or, if asked for, begins a request
 * of HTTP. A hello over more than one segment is followed until the other side answers.
 */
static __noinline __u32 look_at_segment(const struct packet *p, const struct hook *h, struct flow_slot *s)
{
	struct places at = {};
	__u32 side = p->from_hi & 1, payload;
	__u8 b[6] = {};

	if (!find_transport(&at, h, IPPROTO_TCP) || frame_load(h, at.l4 + 12, b, 1))
		return 0;
	payload = at.l4 + ((b[0] >> 4) << 2);
	/* What lies behind the packet is padding. */
	__u32 end = p->packets > 1 ? frame_available(h) : at.l3 + p->bytes;

	if (payload >= end)
		return 0;
	if (s->observe >= OBSERVE_HELLO) {
		if (s->observe == OBSERVE_HELLO + side)
			return OBSERVED_TLS;
		s->observe = OBSERVE_NOT;
		return 0;
	}
	if (payload + 6 > end) {
		if (frame_load(h, payload, b, 1) || b[0] != 0x16)
			return 0;
		s->observe = OBSERVE_HELLO + side;
		return OBSERVED_TLS;
	}
	if (frame_load(h, payload, b, 6))
		return 0;
	if (b[0] == 0x16 && b[1] == 3 && b[5] == 1) {
		__u32 record_end = payload + 5 + (b[3] << 8 | b[4]);

		s->observe = record_end <= end ? OBSERVE_NOT : OBSERVE_HELLO + side;
		return OBSERVED_TLS;
	}
	if (!control.observe_http || !is_method(b))
		return 0;
	s->observe = OBSERVE_NOT;
	return OBSERVED_HTTP;
}

/* A packet, counted already, of a flow with `observe` set. */
static __noinline void observe(const struct packet *p, const struct hook *h, struct flow_slot *s)
{
	__u32 kind = s->observe, side = p->from_hi & 1;

	if (s->verdict == VERDICT_DROP)
		return;
	if (kind >= OBSERVE_TCP) {
		if (s->packets[side] > OBSERVED_PACKETS) {
			s->observe = OBSERVE_NOT;
			return;
		}
		if (kind != OBSERVE_UDP) {
			kind = look_at_segment(p, h, s);
		} else {
			if (side != s->client)
				return;
			kind = OBSERVED_QUIC;
			if (!is_quic_initial(h)) {
				s->observe = OBSERVE_NOT;
				return;
			}
		}
		if (!kind)
			return;
	} else if (p->key.protocol == IPPROTO_TCP && !(p->tcp_flags & TCP_PUSH)) {
		return;
	}
	struct observed what = {.key = &p->key, .slot = s->index, .kind = kind, .from_hi = side, .segments = p->packets};

	hand_over(&what, h);
}

/* The first packet of one side of a flow: between which stations it went. */
static __noinline void observe_hop(const struct packet *p, const struct hook *h)
{
	struct observed what = {.key = &p->key, .slot = NO_SLOT, .kind = OBSERVED_HOP, .from_hi = p->from_hi & 1, .segments = 1};

	if (h->l2 && control.hops_per_10ms)
		hand_over(&what, h);
}

/* A frame without IP: ARP or nothing. Called by the program itself: deeper, the stack would not do (512 bytes). */
static __noinline void observe_other(const struct hook *h)
{
	struct observed what = {.slot = NO_SLOT, .kind = OBSERVED_ARP, .segments = 1};
	__u32 at = 12;
	__u16 type = 0;

	if (!h->l2 || !control.observe_per_10ms)
		return;
	for (int i = 0; i <= MAX_VLAN_TAGS; i++) {
		if (frame_load(h, at, &type, 2))
			return;
		if (!is_vlan(type))
			break;
		at += 4;
	}
	if (type == be16(ETH_P_ARP))
		hand_over(&what, h);
}
#endif
