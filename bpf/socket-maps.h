/* SPDX-License-Identifier: GPL-2.0 */
/* Tables of the socket programs. Sizes are placeholders: user space sets them before loading. */
#ifndef NETSCOPE_SOCKET_MAPS_H
#define NETSCOPE_SOCKET_MAPS_H
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "socket.h"

#define NO_SLOT (~0u)
#define LOST_RACE (~0u - 1)
/* In socket_mark.slot. */
#define BEING_TAKEN (~0u)
#define NO_ROOM (~0u - 1) /* found no slot; counted once, tried again */
#define noinline __attribute__((noinline))

/* Read by user space in place. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct socket_slot);
} sockets SEC(".maps");

/* Ring of recycled slots, a power of two; user space fills it. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} free_sockets SEC(".maps");

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

/*
 * What we know by a socket; one storage, because each costs the kernel two allocations. Freed with the socket. What a
 * listener's owner is, the connections that it accepts inherit (BPF_F_CLONE); a listener has no slot.
 */
struct socket_mark {
	struct socket_owner owner;
	__u32 slot; /* plus one; 0, NO_ROOM or BEING_TAKEN: none */
};
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	__type(key, int);
	__type(value, struct socket_mark);
} marks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, PEER_CLASSES);
	__type(key, __u32);
	__type(value, struct rtt_histogram);
} rtt SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct socket_counters);
} counters SEC(".maps");

volatile struct socket_control control = {};

const volatile __u32 slot_capacity = 1024;
const volatile __u32 free_mask = 1023;
const volatile __u32 has_coarse_clock = 1; /* bpf_ktime_get_coarse_ns: Linux 5.11 */

const volatile __u32 has_sockops_netns = 1; /* bpf_get_netns_cookie in sock_ops: Linux 5.15 */

static __always_inline __u64 clock_coarse(void)
{
	return has_coarse_clock ? bpf_ktime_get_coarse_ns() : bpf_ktime_get_ns();
}

/*
 * As slot_take of maps.h: recycled slots first, under a lock that also keeps interrupts out. Two threads may send their
 * first message through one socket: who finds that `place` no longer holds `held` has lost.
 */
static __always_inline __u32 take_slot(__u32 *place, __u32 held)
{
	__u32 zero = 0, tail, head, fresh = NO_SLOT;
	struct free_state *f = bpf_map_lookup_elem(&free_state, &zero);

	if (!f)
		return NO_SLOT;
	bpf_spin_lock(&f->lock);
	if (*(volatile __u32 *)place != held) {
		bpf_spin_unlock(&f->lock);
		return LOST_RACE;
	}
	*(volatile __u32 *)place = BEING_TAKEN;
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
	__u64 *slot = bpf_map_lookup_elem(&free_sockets, &head);

	return slot ? *slot : NO_SLOT;
}

static __always_inline void count_overflow(void)
{
	__u32 zero = 0;
	struct socket_counters *c = bpf_map_lookup_elem(&counters, &zero);

	if (c)
		c->overflow++;
}

static __always_inline struct socket_mark *mark_of(struct bpf_sock *sk)
{
	return sk ? bpf_sk_storage_get(&marks, sk, 0, 0) : 0;
}

static __always_inline struct socket_mark *make_mark(struct bpf_sock *sk)
{
	return sk ? bpf_sk_storage_get(&marks, sk, 0, BPF_SK_STORAGE_GET_F_CREATE) : 0;
}

static __always_inline struct socket_slot *slot_of(struct socket_mark *mark)
{
	if (!mark)
		return 0;
	__u32 held = *(volatile __u32 *)&mark->slot, index = held - 1;

	return held && held < NO_ROOM ? bpf_map_lookup_elem(&sockets, &index) : 0;
}

/* The socket's slot, a fresh one if it has none. */
static __always_inline struct socket_slot *slot_for(struct socket_mark *mark, __u64 cookie)
{
	struct socket_slot *s = slot_of(mark);

	if (s || !mark)
		return s;
	__u32 held = *(volatile __u32 *)&mark->slot;

	if (held == BEING_TAKEN)
		return 0;
	__u32 index = take_slot(&mark->slot, held);

	if (index == LOST_RACE)
		return 0;
	s = index == NO_SLOT ? 0 : bpf_map_lookup_elem(&sockets, &index);
	if (!s) {
		mark->slot = NO_ROOM;
		if (held != NO_ROOM)
			count_overflow();
		return 0;
	}
	s->cookie = cookie;
	s->opened_ns = bpf_ktime_get_ns();
	*(volatile __u32 *)&mark->slot = index + 1;
	return s;
}
#endif
