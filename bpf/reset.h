/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tells the sender of a dropped segment that its connection is over: the segment itself, turned into a reset and sent
 * back by the interface that it came in by. The sequence number is what the sender acknowledged, the only one that
 * RFC 5961 lets it believe at once. All that is swapped leaves the checksums as they are; what the segment carried
 * goes along, because to cut it off its checksum would have to be known. In the kernel only.
 */
#ifndef NETSCOPE_RESET_H
#define NETSCOPE_RESET_H
#include "count.h"

/* Of our resets, until our program at egress has let them pass. Only who has CAP_NET_ADMIN can mark packets. */
#define RESET_MARK 0x4e53f1fb

struct addresses4 {
	__u32 src, dst;
};
struct addresses6 {
	__u64 src[2], dst[2];
};
struct segment {
	__u16 src_port, dst_port;
	__u32 seq, ack;
	__u16 flags;
};

static __always_inline int swap_addresses4(struct __sk_buff *skb, __u32 l3)
{
	struct addresses4 a;
	__u16 life, full; /* time to live, protocol */

	if (bpf_skb_load_bytes(skb, l3 + 12, &a, sizeof(a)) || bpf_skb_load_bytes(skb, l3 + 8, &life, 2))
		return -1;
	struct addresses4 swapped = {.src = a.dst, .dst = a.src};

	full = (life & be16(0x00ff)) | be16(64 << 8);
	return bpf_skb_store_bytes(skb, l3 + 12, &swapped, sizeof(swapped), BPF_F_RECOMPUTE_CSUM) ||
	       bpf_l3_csum_replace(skb, l3 + 10, life, full, 2) || bpf_skb_store_bytes(skb, l3 + 8, &full, 2, BPF_F_RECOMPUTE_CSUM);
}

static __always_inline int swap_addresses6(struct __sk_buff *skb, __u32 l3)
{
	struct addresses6 a;
	__u8 hops = 64;

	if (bpf_skb_load_bytes(skb, l3 + 8, &a, sizeof(a)))
		return -1;
	struct addresses6 swapped = {.src = {a.dst[0], a.dst[1]}, .dst = {a.src[0], a.src[1]}};

	return bpf_skb_store_bytes(skb, l3 + 8, &swapped, sizeof(swapped), BPF_F_RECOMPUTE_CSUM) ||
	       bpf_skb_store_bytes(skb, l3 + 7, &hops, 1, BPF_F_RECOMPUTE_CSUM);
}

static __always_inline int turn_segment(struct __sk_buff *skb, __u32 l4)
{
	struct segment s;

	if (bpf_skb_load_bytes(skb, l4, &s, 14))
		return -1;
	struct segment t = {.src_port = s.dst_port, .dst_port = s.src_port, .seq = s.ack, .ack = s.seq};

	t.flags = (s.flags & be16(0xff00)) | be16(TCP_RST | TCP_ACK);
	return bpf_skb_store_bytes(skb, l4, &t, 14, BPF_F_RECOMPUTE_CSUM) || bpf_l4_csum_replace(skb, l4 + 16, s.flags, t.flags, 2);
}

static __always_inline int swap_stations(struct __sk_buff *skb)
{
	__u16 from[6], to[6];

	if (bpf_skb_load_bytes(skb, 0, from, sizeof(from)))
		return -1;
	for (int i = 0; i < 3; i++) {
		to[i] = from[i + 3];
		to[i + 3] = from[i];
	}
	return bpf_skb_store_bytes(skb, 0, to, sizeof(to), 0);
}

/*
 * Sends the reset in the segment's place; what stays a drop: fragments, tags in the packet, extension headers.
 * Counts what it sends, by the hook that the segment came in by.
 */
static __noinline int reset(struct __sk_buff *skb, __u32 l2)
{
	__u8 first = 0, protocol = 0;
	__u16 type = 0, fragment = 0;
	__u32 l4;

	if (l2 && (bpf_skb_load_bytes(skb, 12, &type, 2) || (type != be16(ETH_P_IP) && type != be16(ETH_P_IPV6))))
		return TC_ACT_SHOT;
	if (bpf_skb_load_bytes(skb, l2, &first, 1))
		return TC_ACT_SHOT;
	if (first >> 4 == 4) {
		if (bpf_skb_load_bytes(skb, l2 + 6, &fragment, 2) || fragment & be16(0x3fff))
			return TC_ACT_SHOT;
		l4 = l2 + (first & 15) * 4;
		if (swap_addresses4(skb, l2))
			return TC_ACT_SHOT;
	} else {
		if (bpf_skb_load_bytes(skb, l2 + 6, &protocol, 1) || protocol != IPPROTO_TCP)
			return TC_ACT_SHOT;
		l4 = l2 + 40;
		if (swap_addresses6(skb, l2))
			return TC_ACT_SHOT;
	}
	if (turn_segment(skb, l4) || (l2 && swap_stations(skb)))
		return TC_ACT_SHOT;
	struct hook h = {.ifindex = skb->ifindex, .direction = INGRESS};
	struct hook_counters *c = hook_counters(&h);

	if (c)
		c->reset_packets++;
	skb->mark = RESET_MARK;
	return bpf_redirect(skb->ifindex, 0);
}

/* At egress: the deny entry must not drop it. Its segment was counted when it came in by this interface. */
static __noinline int let_reset_pass(struct __sk_buff *skb, __u32 l2)
{
	struct hook h = {.ifindex = skb->ifindex, .direction = EGRESS};
	struct hook_counters *c = hook_counters(&h);

	if (c) {
		c->hairpin_packets++;
		c->hairpin_bytes += skb->len - l2;
	}
	skb->mark = 0;
	return -1;
}
#endif
