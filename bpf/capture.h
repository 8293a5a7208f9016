/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whole packets for user space, while somebody asked for them (WATCH_CAPTURE of control.watch): those that pass the
 * filter are copied into a ring that exists only as long. What is captured is what flows count: each packet of the
 * host once, super-packets as one. In the kernel only; count.h calls capture().
 */
#ifndef NETSCOPE_CAPTURE_H
#define NETSCOPE_CAPTURE_H
#include "count.h"

/* What a record can hold of a packet; bpf_skb_load_bytes takes no more. */
#define MAX_CAPTURED 65535

/* Written by user space before a capture. All that is given must hold; zero means "any". */
struct capture_filter {
	__u8 addr[16]; /* of either side; bits beyond the mask are 0 */
	__u8 mask[16];
	__u32 ifindex;
	__u32 snap_length; /* bytes that are kept of a packet, 16 to MAX_CAPTURED */
	__u16 port;	   /* of either side, as flows have it */
	__u8 has_port;
	__u8 has_protocol;
	__u8 protocol;
	__u8 has_key; /* 1: one flow, whose key is below */
	__u8 own_page; /* 1: packets of our own page on lo, which a capture over lo would feed */
	__u8 reserved;
	struct flow_key key;
};

/* Before the bytes of a packet. */
struct captured_packet {
	__u64 time_ns;
	__u8 src_addr[16];
	__u8 dst_addr[16];
	__u16 src_port;
	__u16 dst_port;
	__u32 ifindex;
	__u32 slot;	/* NO_SLOT: without an entry */
	__u32 length;	/* of the frame in memory, without a tag that the hardware has stripped */
	__u32 captured; /* bytes that follow */
	__u32 segments; /* of a super-packet, else 1 */
	__u16 vlan_tci; /* stripped tag */
	__u16 vlan_proto; /* big-endian; 0 without one */
	__u8 direction;
	__u8 verdict;
	__u8 protocol;
	__u8 link_header_bytes; /* 14, or 0 where the frame begins with IP */
};

/* Per interface and CPU, since the last capture began. */
struct capture_counters {
	__u64 accepted; /* passed the filter */
	__u64 lost;	/* of these, found no room in the ring */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct capture_filter);
} capture_filter SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 1024);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, struct capture_counters);
} capture_counters SEC(".maps");

struct capture_ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 16);
};

/* Empty but during a capture. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct capture_ring);
} capture_rings SEC(".maps");

static __always_inline int holds_address(const struct capture_filter *f, const __u8 *addr)
{
	const __u64 *a = (const __u64 *)addr, *want = (const __u64 *)f->addr, *mask = (const __u64 *)f->mask;

	return (((a[0] ^ want[0]) & mask[0]) | ((a[1] ^ want[1]) & mask[1])) == 0;
}

static __always_inline int is_key(const struct flow_key *want, const struct flow_key *k)
{
	const __u64 *a = (const __u64 *)want, *b = (const __u64 *)k;
	__u64 difference = 0;

#pragma unroll
	for (int i = 0; i < (int)(sizeof(*k) / 8); i++)
		difference |= a[i] ^ b[i];
	return difference == 0;
}

static __noinline int filter_takes(const struct capture_filter *f, const struct packet *p)
{
	const struct flow_key *k = &p->key;

	if (f->has_key)
		return is_key(&f->key, k);
	if (f->ifindex && f->ifindex != k->ifindex)
		return 0;
	if (f->has_protocol && f->protocol != k->protocol)
		return 0;
	if (f->has_port && f->port != k->lo_port && f->port != k->hi_port)
		return 0;
	if (!f->own_page && is_own_page(k))
		return 0;
	return holds_address(f, k->lo_addr) || holds_address(f, k->hi_addr);
}

static __always_inline struct capture_counters *counters_of(__u32 ifindex)
{
	struct capture_counters *c = bpf_map_lookup_elem(&capture_counters, &ifindex), zero = {};

	if (c)
		return c;
	bpf_map_update_elem(&capture_counters, &ifindex, &zero, BPF_NOEXIST);
	return bpf_map_lookup_elem(&capture_counters, &ifindex);
}

/*
 * One size of record; Linux before 5.20 reserves constant sizes only. What is left over of it is not written: user
 * space reads `captured` bytes.
 */
static __always_inline int copy(void *ring, const struct captured_packet *head, struct __sk_buff *skb, const __u32 room)
{
	struct captured_packet *r = bpf_ringbuf_reserve(ring, sizeof(*r) + room, 0);
	__u32 n = unknown(head->captured);

	if (!r)
		return 0;
	*r = *head;
	if (n > room)
		n = room;
	/* Not `n == 0`: of != 0 the verifier before 6.8 learns no bound. */
	if (n < 14 || bpf_skb_load_bytes(skb, 0, r + 1, n)) {
		bpf_ringbuf_discard(r, BPF_RB_NO_WAKEUP);
		return 0;
	}
	bpf_ringbuf_submit(r, BPF_RB_NO_WAKEUP);
	return 1;
}

static __noinline int copy_by_size(void *ring, const struct captured_packet *head, struct __sk_buff *skb)
{
	__u32 n = head->captured;

	if (n <= 128)
		return copy(ring, head, skb, 128);
	if (n <= 512)
		return copy(ring, head, skb, 512);
	if (n <= 1536)
		return copy(ring, head, skb, 1536);
	if (n <= 4096)
		return copy(ring, head, skb, 4096);
	if (n <= 16384)
		return copy(ring, head, skb, 16384);
	if (n <= 32768)
		return copy(ring, head, skb, 32768);
	return copy(ring, head, skb, MAX_CAPTURED);
}

/* Its own frame: in capture(), the stack would not do before Linux 6.6 (512 bytes, in steps of 32 a call). */
static __noinline void fill_head(struct captured_packet *c, const struct packet *p, const struct hook *h)
{
	struct __sk_buff *skb = h->skb;

	c->time_ns = clock_precise();
	__builtin_memcpy(c->src_addr, p->from_hi ? p->key.hi_addr : p->key.lo_addr, 16);
	__builtin_memcpy(c->dst_addr, p->from_hi ? p->key.lo_addr : p->key.hi_addr, 16);
	c->src_port = p->from_hi ? p->key.hi_port : p->key.lo_port;
	c->dst_port = p->from_hi ? p->key.lo_port : p->key.hi_port;
	c->ifindex = h->ifindex;
	c->length = skb->len;
	c->segments = p->packets;
	c->vlan_tci = skb->vlan_present ? skb->vlan_tci : 0;
	c->vlan_proto = skb->vlan_present ? skb->vlan_proto : 0;
	c->direction = h->direction;
	c->protocol = p->key.protocol;
	c->link_header_bytes = h->l2;
}

static __noinline void capture(const struct packet *p, const struct hook *h, __u32 verdict, __u32 slot)
{
	__u32 zero = 0;
	struct capture_filter *f = bpf_map_lookup_elem(&capture_filter, &zero);

	if (!f || !filter_takes(f, p))
		return;
	void *ring = bpf_map_lookup_elem(&capture_rings, &zero);

	if (!ring)
		return;
	struct capture_counters *counters = counters_of(h->ifindex);
	struct captured_packet head;

	fill_head(&head, p, h);
	head.slot = slot;
	head.verdict = verdict;
	head.captured = head.length < f->snap_length ? head.length : f->snap_length;
	if (head.captured > MAX_CAPTURED)
		head.captured = MAX_CAPTURED;
	int copied = copy_by_size(ring, &head, h->skb);

	if (counters) {
		counters->accepted++;
		if (!copied)
			counters->lost++;
	}
}
#endif
