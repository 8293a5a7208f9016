/* SPDX-License-Identifier: GPL-2.0 */
/* Where the tables of count.h are in the kernel: BPF maps, and what user space sets. */
#ifndef NETSCOPE_TABLES_H
#define NETSCOPE_TABLES_H
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
#endif
