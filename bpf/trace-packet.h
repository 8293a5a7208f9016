/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A socket buffer or a socket -> 5-tuple, interface, network namespace. A buffer may be anywhere in the stack,
 * so what lies before or behind its data is told by its offsets, and every read is a checked one.
 */
#ifndef NETSCOPE_TRACE_PACKET_H
#define NETSCOPE_TRACE_PACKET_H
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "core_min.h"
#include "icmp.h"
#include "trace.h"

#define IPV4_HEADER 20
#define IPV6_HEADER 40
#define MAX_EXTENSIONS 8
#define NOT_SET 0xffff /* mac_header */
#define AF_INET6_ 10
#define TCP 6
#define PORTS_IN_FIRST 1 /* flow_key.fragment */
#define PORTS_CUT 2

/* The linear part of a buffer from its network header on. */
struct headers {
	const unsigned char *at;
	__u32 bytes;	/* that may be read */
	__u32 l3_bytes; /* of the packet, also where its headers were already taken off */
};

static __always_inline __u16 host16(const __u8 *b) { return (__u16)(b[0] << 8 | b[1]); }

static __always_inline int read_at(void *to, const __u32 size, const struct headers *h, __u32 offset)
{
	return offset + size <= h->bytes && bpf_probe_read_kernel(to, size, h->at + offset) == 0;
}

static __always_inline void find_headers(struct headers *h, const struct sk_buff *skb)
{
	const unsigned char *head = BPF_CORE_READ(skb, head);
	__u32 data = BPF_CORE_READ(skb, data) - head, tail = BPF_CORE_READ(skb, tail);
	__u32 at = BPF_CORE_READ(skb, network_header);

	/* Not yet set: the driver has only taken the link header off (eth_type_trans). */
	if (!at && BPF_CORE_READ(skb, mac_header) != NOT_SET)
		at = data;
	h->at = head + at;
	h->bytes = at && at < tail ? tail - at : 0;
	__u32 end = data + BPF_CORE_READ(skb, len);

	h->l3_bytes = end > at ? end - at : 0;
}

/* flow.h's order, which compares addresses as the little-endian words that parse.h loads. */
static __always_inline void put_endpoints(struct trace_tuple *t, const __u64 *src, const __u64 *dst, __u16 src_port,
					  __u16 dst_port)
{
	__u64 *lo = (__u64 *)t->lo_addr, *hi = (__u64 *)t->hi_addr;

	t->from_hi = src[0] > dst[0] ||
		     (src[0] == dst[0] && (src[1] > dst[1] || (src[1] == dst[1] && src_port > dst_port)));
	lo[0] = t->from_hi ? dst[0] : src[0];
	lo[1] = t->from_hi ? dst[1] : src[1];
	hi[0] = t->from_hi ? src[0] : dst[0];
	hi[1] = t->from_hi ? src[1] : dst[1];
	t->lo_port = t->from_hi ? dst_port : src_port;
	t->hi_port = t->from_hi ? src_port : dst_port;
}

/* Word 1 of ::ffff:a.b.c.d; word 0 is 0. */
static __always_inline __u64 mapped(__be32 v4) { return (__u64)v4 << 32 | 0xffff0000; }

static __always_inline void put_ports(struct trace_tuple *t, const __u64 *src, const __u64 *dst,
				      const struct headers *h, __u32 offset)
{
	__u8 b[4] = {};
	__u16 src_port = 0, dst_port = 0;
	__u8 p = t->protocol;

	if (t->fragment) {
		/* ports stay 0 */
	} else if (p == 1 || p == 58) {
		if (read_at(b, sizeof(b), h, offset)) {
			int answer = p == 1 ? icmp_answer(b[0]) : icmpv6_answer(b[0]);

			src_port = b[0];
			dst_port = answer >= 0 ? (__u16)answer : b[1];
		} else {
			t->fragment = PORTS_CUT;
		}
	} else if (p == TCP || p == 17 || p == 33 || p == 132 || p == 136) { /* TCP UDP DCCP SCTP UDP-Lite */
		if (read_at(b, sizeof(b), h, offset)) {
			src_port = host16(b);
			dst_port = host16(b + 2);
		} else {
			t->fragment = PORTS_CUT;
		}
	}
	put_endpoints(t, src, dst, src_port, dst_port);
}

static __always_inline int tuple_of_v4(struct trace_tuple *t, const struct headers *h)
{
	__u32 ip[IPV4_HEADER / 4];

	if (!read_at(ip, sizeof(ip), h, 0))
		return 0;
	const __u8 *b = (const __u8 *)ip;
	__u64 src[2] = {0, mapped(ip[3])}, dst[2] = {0, mapped(ip[4])};

	t->protocol = b[9];
	t->fragment = host16(b + 6) & 0x1fff ? PORTS_IN_FIRST : 0;
	put_ports(t, src, dst, h, (b[0] & 15) << 2);
	return 1;
}

static __always_inline int is_extension_header(__u8 next)
{
	return next == 0 || next == 43 || next == 44 || next == 51 || next == 60 || next == 135 || next == 139 || next == 140;
}

/* RFC 8200 section 4. */
static __always_inline int tuple_of_v6(struct trace_tuple *t, const struct headers *h)
{
	__u64 ip[IPV6_HEADER / 8];
	__u8 x[4];

	if (!read_at(ip, sizeof(ip), h, 0))
		return 0;
	__u32 offset = IPV6_HEADER;
	__u8 next = ((const __u8 *)ip)[6];

	for (int i = 0; i < MAX_EXTENSIONS && is_extension_header(next) && !t->fragment; i++) {
		if (!read_at(x, sizeof(x), h, offset)) {
			t->fragment = PORTS_CUT;
			break;
		}
		if (next == 44) {
			t->fragment = host16(x + 2) & 0xfff8 ? PORTS_IN_FIRST : 0;
			offset += 8;
		} else {
			offset += next == 51 ? (x[1] + 2) * 4 : (x[1] + 1) * 8;
		}
		next = x[0];
	}
	if (is_extension_header(next) && !t->fragment)
		t->fragment = PORTS_CUT;
	t->protocol = next;
	put_ports(t, ip + 1, ip + 3, h, offset);
	return 1;
}

/* 0: not IP, or its header is not in the linear part. `t` is zero before. */
static __always_inline int tuple_of_packet(struct trace_tuple *t, const struct headers *h, __u16 ethertype)
{
	__u8 version = 0;

	if (ethertype && ethertype != 0x0800 && ethertype != 0x86dd && ethertype != 0x8100 && ethertype != 0x88a8)
		return 0;
	if (!read_at(&version, 1, h, 0))
		return 0;
	return version >> 4 == 4 ? tuple_of_v4(t, h) : version >> 4 == 6 ? tuple_of_v6(t, h) : 0;
}

/* Of a TCP socket or a request for one; what it sends. */
static __always_inline void tuple_of_socket(struct trace_tuple *t, const struct sock_common *sk)
{
	__u64 src[2] = {}, dst[2] = {};

	if (BPF_CORE_READ(sk, skc_family) == AF_INET6_) {
		if (bpf_core_field_exists(sk->skc_v6_rcv_saddr)) {
			BPF_CORE_READ_INTO(&src, sk, skc_v6_rcv_saddr);
			BPF_CORE_READ_INTO(&dst, sk, skc_v6_daddr);
		}
	} else {
		src[1] = mapped(BPF_CORE_READ(sk, skc_rcv_saddr));
		dst[1] = mapped(BPF_CORE_READ(sk, skc_daddr));
	}
	t->protocol = TCP;
	put_endpoints(t, src, dst, BPF_CORE_READ(sk, skc_num), __builtin_bswap16(BPF_CORE_READ(sk, skc_dport)));
}

/*
 * skb->dev shares its place with dev_scratch (UDP's receive queue) and the links of TCP's trees, so it may be
 * anything. A device is one whose namespace has a loopback device in this same namespace.
 */
static __always_inline struct net *netns_of_device(const struct net_device *dev)
{
	struct net *net = BPF_CORE_READ(dev, nd_net.net);

	return net && BPF_CORE_READ(net, loopback_dev, nd_net.net) == net ? net : 0;
}

/* Where a buffer is: the device that it leaves or has come by, and its namespace. */
static __always_inline void find_place(struct drop_total_key *where, const struct sk_buff *skb)
{
	struct net_device *dev = BPF_CORE_READ(skb, dev);
	struct net *net = dev ? netns_of_device(dev) : 0;

	if (net) {
		where->ifindex = BPF_CORE_READ(dev, ifindex);
	} else {
		struct sock *sk = BPF_CORE_READ(skb, sk);

		where->ifindex = BPF_CORE_READ(skb, skb_iif);
		net = sk ? BPF_CORE_READ(sk, __sk_common.skc_net.net) : 0;
	}
	where->netns = net ? BPF_CORE_READ(net, ns.inum) : 0;
}

static __always_inline __u32 wire_packets(const struct sk_buff *skb)
{
	const unsigned char *head = BPF_CORE_READ(skb, head);
	const struct skb_shared_info *shared = (const void *)(head + BPF_CORE_READ(skb, end));

	return BPF_CORE_READ(shared, gso_segs) ?: 1;
}
#endif
