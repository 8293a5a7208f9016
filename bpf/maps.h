/* SPDX-License-Identifier: GPL-2.0 */
/* How count.h reads and writes its tables in the kernel. Written for Linux 5.10 and later. */
#ifndef NETSCOPE_MAPS_H
#define NETSCOPE_MAPS_H
#include "tables.h"

static __always_inline __u64 clock_precise(void) { return bpf_ktime_get_ns(); }
static __always_inline __u64 clock_coarse(void)
{
	return has_coarse_clock ? bpf_ktime_get_coarse_ns() : bpf_ktime_get_ns();
}

static __always_inline void add64(__u64 *to, __u64 n) { __sync_fetch_and_add(to, n); }
static __always_inline void add32(__u32 *to, __u32 n) { __sync_fetch_and_add(to, n); }

static __always_inline struct flow_slot *slot_at(__u32 index) { return bpf_map_lookup_elem(&slots, &index); }

/* The socket that sent the packet: only at egress, and not where it is forwarded. */
static __always_inline __u64 sender_cookie(const struct hook *h) { return bpf_get_socket_cookie(h->skb); }

static __always_inline void owner_note(__u32 index, __u32 side, __u64 cookie)
{
	struct flow_owner *o = bpf_map_lookup_elem(&owners, &index);

	if (o)
		o->cookie[side & 1] = cookie;
}

static __always_inline struct flow_key4 short_key(const struct packet *p)
{
	const __u64 *rest = (const __u64 *)&p->key.lo_port;

	return (struct flow_key4){.addresses = p->addresses4, .rest = {rest[0], rest[1]}};
}

static __always_inline struct flow_slot *slot_find(const struct packet *p)
{
	__u32 *index;

	if (p->v4) {
		struct flow_key4 k = short_key(p);

		index = bpf_map_lookup_elem(&flows4, &k);
	} else {
		index = bpf_map_lookup_elem(&flows6, &p->key);
	}
	return index ? slot_at(*index) : 0;
}

static __always_inline __u32 slot_take(void)
{
	__u32 zero = 0, tail, head, fresh = NO_SLOT;
	struct free_state *f = bpf_map_lookup_elem(&free_state, &zero);

	if (!f)
		return NO_SLOT;
	bpf_spin_lock(&f->lock);
	/* Read under the lock: other CPUs could take the head past an older tail. */
	tail = control.free_tail;
	head = f->head;
	if (head != tail) {
		f->head = head + 1;
		control.free_head = head + 1;
	} else if (f->fresh < slot_capacity) {
		fresh = f->fresh;
		f->fresh = fresh + 1;
		control.handed_out = fresh + 1;
	}
	bpf_spin_unlock(&f->lock);
	if (head == tail)
		return fresh;
	head &= free_mask;
	__u64 *slot = bpf_map_lookup_elem(&free_slots, &head);

	return slot ? *slot : NO_SLOT;
}

static __always_inline int slot_bind(const struct packet *p, __u32 index)
{
	if (p->v4) {
		struct flow_key4 k = short_key(p);

		return bpf_map_update_elem(&flows4, &k, &index, BPF_NOEXIST);
	}
	return bpf_map_update_elem(&flows6, &p->key, &index, BPF_NOEXIST);
}

static __always_inline int table_is_half_empty(void)
{
	return control.free_tail - control.free_head + slot_capacity - control.handed_out > slot_capacity / 2;
}

static __always_inline int in_list(void *list, const __u8 *addr)
{
	struct prefix p = {.length = 128};

	__builtin_memcpy(p.addr, addr, 16);
	return bpf_map_lookup_elem(list, &p) != 0;
}
static __always_inline int in_allow_list(const __u8 *addr) { return in_list(&allow, addr); }
static __always_inline int in_deny_list(const __u8 *addr) { return in_list(&deny, addr); }
static __always_inline int is_pinned(const __u8 *addr) { return in_list(&pinned, addr); }

static __always_inline struct limit *limit_of(const __u8 *addr)
{
	struct prefix p = {.length = 128};

	__builtin_memcpy(p.addr, addr, 16);
	return bpf_map_lookup_elem(&limits, &p);
}

/* A source's bucket, made full by `now` where there was none; 0 without memory. */
static __always_inline __u64 *bucket_of_source(const struct bucket_key *k, __u64 now)
{
	__u64 *full_ns = bpf_map_lookup_elem(&buckets, k);

	if (full_ns)
		return full_ns;
	bpf_map_update_elem(&buckets, k, &now, BPF_NOEXIST);
	return bpf_map_lookup_elem(&buckets, k);
}

static __noinline void fragment_note(const struct fragment_key *k, __u32 ports)
{
	bpf_map_update_elem(&fragments, k, &ports, BPF_ANY);
}

static __noinline int fragment_ports(const struct fragment_key *k, __u32 *ports)
{
	__u32 *known = bpf_map_lookup_elem(&fragments, k);

	*ports = known ? *known : 0;
	return known != 0;
}

static __always_inline struct hook_counters *hook_counters(const struct hook *h)
{
	struct hook_key k = {.ifindex = h->ifindex, .direction = h->direction};
	struct hook_counters *c = bpf_map_lookup_elem(&hooks, &k), zero = {};

	if (c)
		return c;
	bpf_map_update_elem(&hooks, &k, &zero, BPF_NOEXIST);
	return bpf_map_lookup_elem(&hooks, &k);
}

static __always_inline struct traffic *overflow_traffic(__u32 index) { return bpf_map_lookup_elem(&overflow, &index); }

static __always_inline struct event_counters *event_counters(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&event_stats, &zero);
}
static __always_inline struct packet_event *event_reserve(void)
{
	return bpf_ringbuf_reserve(&events, sizeof(struct packet_event), 0);
}

/* The reader polls by a timer: a wake-up per packet would cost more than all the rest. */
static __always_inline void event_submit(struct packet_event *e) { bpf_ringbuf_submit(e, BPF_RB_NO_WAKEUP); }

static __always_inline int frame_load(const struct hook *h, __u32 offset, void *to, __u32 bytes)
{
	return bpf_skb_load_bytes(h->skb, offset, to, bytes);
}
static __always_inline __u32 frame_length(const struct hook *h) { return ((struct __sk_buff *)h->skb)->len; }
static __always_inline __u32 frame_available(const struct hook *h) { return frame_length(h); }
static __always_inline __u32 frame_vlan(const struct hook *h)
{
	struct __sk_buff *skb = h->skb;

	return skb->vlan_present ? skb->vlan_tci & 0xfff : 0;
}

static __always_inline struct observation_counters *observation_counters(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&observation_stats, &zero);
}
static __always_inline struct observation *observation_reserve(__u32 bytes)
{
	return bpf_ringbuf_reserve(&observations, bytes, 0);
}
static __always_inline void observation_submit(struct observation *o) { bpf_ringbuf_submit(o, BPF_RB_NO_WAKEUP); }
static __always_inline void observation_discard(struct observation *o) { bpf_ringbuf_discard(o, BPF_RB_NO_WAKEUP); }
#endif
