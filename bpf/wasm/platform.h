/* SPDX-License-Identifier: GPL-2.0 */
/* Where the tables of count.h are in WebAssembly: linear memory. Behaves like maps.h; one CPU. */
#ifndef NETSCOPE_PLATFORM_H
#define NETSCOPE_PLATFORM_H
#include "../parse.h"

#define MAX_HOOKS 1024
#define FRAGMENTS 4096 /* power of two */
#define EVENTS 8192
#define OBSERVATION_BYTES (1 << 20)
#define PAGE 65536

#define LIMITS 4096
#define BUCKETS 4096 /* power of two */

__attribute__((import_module("env"), import_name("list_has"))) int list_has(int list, const __u8 *addr);
/* Index of the limit with the longest prefix that holds the address, or -1. */
__attribute__((import_module("env"), import_name("limit_index"))) int limit_index(const __u8 *addr);

void *memset(void *to, int c, unsigned long n)
{
	for (unsigned long i = 0; i < n; i++)
		((volatile __u8 *)to)[i] = c;
	return to;
}

void *memcpy(void *to, const void *from, unsigned long n)
{
	for (unsigned long i = 0; i < n; i++)
		((volatile __u8 *)to)[i] = ((const __u8 *)from)[i];
	return to;
}

struct control control;
static struct flow_slot *slot_table;
static __u64 *free_ring;
static __u32 slot_capacity, free_mask;
static __u64 clock_ns;

/* key -> slot: open addressing with backward-shift deletion, at most half full. */
static __u32 *buckets; /* slot + 1, 0 = empty */
static __u32 bucket_mask;

struct fragment_entry {
	struct fragment_key key;
	__u32 ports;
	__u32 used; /* 0: empty, else the order of entry */
};
static struct fragment_entry fragment_table[FRAGMENTS];

struct hook_entry {
	struct hook_key key;
	__u32 used;
	struct hook_counters counters;
};
static struct hook_entry hook_table[MAX_HOOKS];
static struct traffic overflow_table[2 * VERDICTS * PROTOCOL_CLASSES];
static struct packet_event event_table[EVENTS];
static __u32 event_used;
static struct event_counters event_totals;
/* Records one after the other, each a multiple of 8 bytes. */
static __u8 observation_table[OBSERVATION_BYTES] __attribute__((aligned(8)));
static __u32 observation_used;
static struct observation_counters observation_totals;
/* The frame that is being counted. */
static const __u8 *frame_bytes;
static __u32 frame_captured, frame_wire_length;

static __always_inline __u64 clock_precise(void) { return clock_ns; }
static __always_inline __u64 clock_coarse(void) { return clock_ns; }
static __always_inline void add64(__u64 *to, __u64 n) { *to += n; }
static __always_inline void add32(__u32 *to, __u32 n) { *to += n; }

static __always_inline __u32 hash_words(const void *key, int words)
{
	const __u32 *w = key;
	__u32 h = 0x9e3779b9;

	for (int i = 0; i < words; i++)
		h = (h ^ w[i]) * 0x85ebca6b, h ^= h >> 15;
	return h;
}

static __always_inline int same_words(const void *a, const void *b, int words)
{
	const __u32 *x = a, *y = b;

	for (int i = 0; i < words; i++)
		if (x[i] != y[i])
			return 0;
	return 1;
}

#define KEY_WORDS (sizeof(struct flow_key) / 4)

static __always_inline __u32 bucket_of(const struct flow_key *k)
{
	__u32 b = hash_words(k, KEY_WORDS) & bucket_mask;

	while (buckets[b] && !same_words(&slot_table[buckets[b] - 1].key, k, KEY_WORDS))
		b = (b + 1) & bucket_mask;
	return b;
}

static __always_inline struct flow_slot *slot_at(__u32 index)
{
	return index < slot_capacity ? &slot_table[index] : 0;
}

/* As in the kernel's test runs, whose packets have a socket; there is nobody to tell. */
static __always_inline __u64 sender_cookie(const struct hook *h) { return 1; }
static __always_inline void owner_note(__u32 index, __u32 side, __u64 cookie) {}

static __always_inline struct flow_slot *slot_find(const struct packet *p)
{
	__u32 b = bucket_of(&p->key);

	return buckets[b] ? &slot_table[buckets[b] - 1] : 0;
}

static __always_inline __u32 slot_take(void)
{
	if (control.free_head != control.free_tail)
		return free_ring[control.free_head++ & free_mask];
	return control.handed_out < slot_capacity ? control.handed_out++ : NO_SLOT;
}

static __always_inline int slot_bind(const struct packet *p, __u32 index)
{
	buckets[bucket_of(&p->key)] = index + 1;
	return 0;
}

static void slot_unbind(const struct flow_key *k)
{
	__u32 hole = bucket_of(k), b = hole;

	if (!buckets[hole])
		return;
	for (;;) {
		b = (b + 1) & bucket_mask;
		if (!buckets[b])
			break;
		__u32 home = hash_words(&slot_table[buckets[b] - 1].key, KEY_WORDS) & bucket_mask;

		if (((b - home) & bucket_mask) >= ((b - hole) & bucket_mask)) {
			buckets[hole] = buckets[b];
			hole = b;
		}
	}
	buckets[hole] = 0;
}

static __always_inline int table_is_half_empty(void)
{
	return control.free_tail - control.free_head + slot_capacity - control.handed_out > slot_capacity / 2;
}

static __always_inline int in_allow_list(const __u8 *addr) { return list_has(0, addr); }
static __always_inline int in_deny_list(const __u8 *addr) { return list_has(1, addr); }
static __always_inline int is_pinned(const __u8 *addr) { return list_has(2, addr); }

static struct limit limit_table[LIMITS];

static struct limit *limit_of(const __u8 *addr)
{
	int index = limit_index(addr);

	return index >= 0 && index < LIMITS ? &limit_table[index] : 0;
}

struct bucket_entry {
	struct bucket_key key;
	__u64 full_ns;
	__u64 used; /* 0: empty, else when it was asked for last */
};
static struct bucket_entry bucket_table[BUCKETS];

/* The source's own bucket, else in the place of the one of eight that was used longest ago. */
static __u64 *bucket_of_source(const struct bucket_key *k, __u64 now)
{
	static __u64 order;
	__u32 at = hash_words(k, sizeof(*k) / 4) & (BUCKETS - 1);
	struct bucket_entry *best = &bucket_table[at];

	for (__u32 i = 0; i < 8; i++) {
		struct bucket_entry *e = &bucket_table[(at + i) & (BUCKETS - 1)];

		if (e->used && same_words(&e->key, k, sizeof(*k) / 4)) {
			e->used = ++order;
			return &e->full_ns;
		}
		if (e->used < best->used)
			best = e;
	}
	best->key = *k;
	best->full_ns = now;
	best->used = ++order;
	return &best->full_ns;
}

#define FRAGMENT_WORDS (sizeof(struct fragment_key) / 4)

/* Its entry, else the one to be overwritten: empty or, of its eight places, the oldest. */
static __noinline struct fragment_entry *fragment_find(const struct fragment_key *k)
{
	__u32 at = hash_words(k, FRAGMENT_WORDS) & (FRAGMENTS - 1);
	struct fragment_entry *best = &fragment_table[at];

	for (__u32 i = 0; i < 8; i++) {
		struct fragment_entry *e = &fragment_table[(at + i) & (FRAGMENTS - 1)];

		if (e->used && same_words(&e->key, k, FRAGMENT_WORDS))
			return e;
		if (e->used < best->used)
			best = e;
	}
	return best;
}

static __noinline void fragment_note(const struct fragment_key *k, __u32 ports)
{
	static __u32 order;
	struct fragment_entry *e = fragment_find(k);

	e->key = *k;
	e->ports = ports;
	e->used = ++order;
}

static __noinline int fragment_ports(const struct fragment_key *k, __u32 *ports)
{
	struct fragment_entry *e = fragment_find(k);

	*ports = 0;
	if (!e->used || !same_words(&e->key, k, FRAGMENT_WORDS))
		return 0;
	*ports = e->ports;
	return 1;
}

static struct hook_counters *hook_counters(const struct hook *h)
{
	for (int i = 0; i < MAX_HOOKS; i++) {
		struct hook_entry *e = &hook_table[i];

		if (!e->used) {
			e->used = 1;
			e->key.ifindex = h->ifindex;
			e->key.direction = h->direction;
			return &e->counters;
		}
		if (e->key.ifindex == h->ifindex && e->key.direction == h->direction)
			return &e->counters;
	}
	return 0;
}

static __always_inline struct traffic *overflow_traffic(__u32 index) { return &overflow_table[index]; }
static __always_inline struct event_counters *event_counters(void) { return &event_totals; }
static __always_inline struct packet_event *event_reserve(void)
{
	return event_used < EVENTS ? &event_table[event_used] : 0;
}
static __always_inline void event_submit(struct packet_event *e) { event_used += e != 0; }

static int frame_load(const struct hook *h, __u32 offset, void *to, __u32 bytes)
{
	if (offset > frame_captured || bytes > frame_captured - offset)
		return -1;
	memcpy(to, frame_bytes + offset, bytes);
	return 0;
}
static __always_inline __u32 frame_length(const struct hook *h) { return frame_wire_length; }
static __always_inline __u32 frame_available(const struct hook *h) { return frame_captured; }
static __always_inline __u32 frame_vlan(const struct hook *h) { return 0; }

static __always_inline struct observation_counters *observation_counters(void) { return &observation_totals; }
static __always_inline struct observation *observation_reserve(__u32 bytes)
{
	return bytes <= OBSERVATION_BYTES - observation_used ? (void *)(observation_table + observation_used) : 0;
}
static __always_inline void observation_submit(struct observation *o)
{
	observation_used += (sizeof(*o) + o->captured + 7) & ~7u;
}
static __always_inline void observation_discard(struct observation *o) {}

/* Who has a capture already captures nothing. */
static __always_inline void capture(const struct packet *p, const struct hook *h, __u32 verdict, __u32 slot) {}
#endif
