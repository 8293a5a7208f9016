/* SPDX-License-Identifier: GPL-2.0 */
/* Where the tables of count.h are in the kernel: BPF maps. Written for Linux 5.10 and later. */
#ifndef NETSCOPE_MAPS_H
#define NETSCOPE_MAPS_H
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "parse.h"

/*
 * Key -> slot. IPv4 has a table of its own: half the key to hash makes the whole program 15 % faster.
 * Sizes here are placeholders: user space sets them before loading.
 */
#define FLOW_MAP(name, key_type)                 \
	struct {                                 \
		__uint(type, BPF_MAP_TYPE_HASH); \
		__uint(max_entries, 1024);       \
		__type(key, key_type);           \
		__type(value, __u32);            \
	} name SEC(".maps")
FLOW_MAP(flows4, struct flow_key4);
FLOW_MAP(flows6, struct flow_key);

/* Values of the entries, read by user space in place. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct flow_slot);
} slots SEC(".maps");

/* Sockets of the senders, by slot; read and zeroed by user space in place. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct flow_owner);
} owners SEC(".maps");

/* Ring of recycled slots, a power of two; user space fills it. u64 because arrays round values up to 8 bytes. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} free_slots SEC(".maps");

/*
 * Recycled slots are used before fresh ones, so that the slots in use stay few and close together: user
 * space maps and scans only those. A lock instead of compare-and-swap, which needs 5.12; only new flows
 * pay for it.
 */
struct free_state {
	struct bpf_spin_lock lock;
	__u32 head;
	__u32 fresh; /* slots that were never used begin here */
};
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct free_state);
} free_state SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct fragment_key);
	__type(value, __u32);
} fragments SEC(".maps");

#define PREFIX_MAP(name)                                     \
	struct {                                             \
		__uint(type, BPF_MAP_TYPE_LPM_TRIE);         \
		__uint(map_flags, BPF_F_NO_PREALLOC);        \
		__uint(max_entries, 1024);                   \
		__type(key, struct prefix);                  \
		__type(value, __u32);                        \
	} name SEC(".maps")
PREFIX_MAP(allow);
PREFIX_MAP(deny);
PREFIX_MAP(pinned);

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 4096);
	__type(key, struct prefix);
	__type(value, struct limit);
} limits SEC(".maps");

/* When the bucket of a source is full again. Who makes up sources pushes the others' out: each then begins full. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct bucket_key);
	__type(value, __u64);
} buckets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 8192);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct hook_key);
	__type(value, struct hook_counters);
} hooks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2 * VERDICTS * PROTOCOL_CLASSES);
	__type(key, __u32);
	__type(value, struct traffic);
} overflow SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct event_counters);
} event_stats SEC(".maps");

/* A power of two and a multiple of every page size. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} observations SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct observation_counters);
} observation_stats SEC(".maps");

volatile struct control control __attribute__((aligned(64))) = {};

/* Set by user space before loading; the verifier then removes what does not apply. */
const volatile __u32 slot_capacity = 1024;
const volatile __u32 free_mask = 1023;
const volatile __u32 has_coarse_clock = 1; /* bpf_ktime_get_coarse_ns: Linux 5.11 */

/* Brings the layout, which only code mentions, into BTF for test/contract.test.ts. */
const volatile struct packet_event *const volatile event_layout __attribute__((used)) = 0;
const volatile struct observation *const volatile observation_layout __attribute__((used)) = 0;

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
