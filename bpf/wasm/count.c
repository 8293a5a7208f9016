/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel program's parser and counter as a WebAssembly module, for captures and the mock network. */
#include "platform.h"
#include "../count.h"

#define EXPORT(name) __attribute__((export_name(#name)))
#define PACKET_BYTES (256 * 1024)
#define KEYS 8192

static __u8 packet_bytes[PACKET_BYTES + 64] __attribute__((aligned(16)));
static struct flow_key key_bytes[KEYS];

static void *take_pages(unsigned long bytes)
{
	unsigned long page = __builtin_wasm_memory_grow(0, (bytes + PAGE - 1) / PAGE);

	return page == ~0ul ? 0 : (void *)(page * PAGE); /* fresh pages are zero */
}

/* Makes a table of `capacity` entries. 0, or -1 without memory. Once per instance. */
EXPORT(init) int init(__u32 capacity)
{
	__u32 ring = 1;

	while (ring < capacity)
		ring <<= 1;
	slot_table = take_pages((unsigned long)capacity * sizeof(struct flow_slot));
	free_ring = take_pages((unsigned long)ring * 8);
	buckets = take_pages((unsigned long)ring * 2 * 4);
	if (!slot_table || !free_ring || !buckets)
		return -1;
	slot_capacity = capacity;
	free_mask = ring - 1;
	bucket_mask = ring * 2 - 1;
	control.list_gen = 1;
	return 0;
}

EXPORT(packet_buffer) __u8 *packet_buffer(void) { return packet_bytes; }
EXPORT(packet_buffer_bytes) __u32 packet_buffer_bytes(void) { return PACKET_BYTES; }

/*
 * Counts the packet in packet_buffer. `l2`: 14 = starts with an Ethernet header, 0 = with IP.
 * Returns its verdict (1: a kernel would drop it), or -1 not IP, -2 malformed.
 */
EXPORT(count_packet)
int count_packet(__u32 captured, __u32 wire_length, __u32 l2, __u32 ifindex, __u32 direction, __u32 time_lo, __u32 time_hi,
		 __u32 segments, __u32 came_in_by)
{
	struct frame f = {
		.data = packet_bytes,
		.end = packet_bytes + (captured < PACKET_BYTES ? captured : PACKET_BYTES),
		.length = wire_length,
		.ifindex = ifindex,
		.segments = segments,
		.last_try = 1,
	};
	struct packet p;
	struct hook h = {.ifindex = ifindex, .direction = direction, .came_in_by = came_in_by, .l2 = l2};

	clock_ns = (__u64)time_hi << 32 | time_lo;
	frame_bytes = packet_bytes;
	frame_captured = captured < PACKET_BYTES ? captured : PACKET_BYTES;
	frame_wire_length = wire_length;
	int result = l2 ? parse(&p, &f, 14) : parse(&p, &f, 0);

	if (result != PARSED) {
		count_unparsed(&h, result, wire_length);
		if (result == NOT_IP)
			observe_other(&h);
		return result == NOT_IP ? -1 : -2;
	}
	return count(&p, &h);
}

EXPORT(slots) struct flow_slot *slots(void) { return slot_table; }
EXPORT(control_page) struct control *control_page(void) { return &control; }
EXPORT(free_slots) __u64 *free_slots(void) { return free_ring; }
EXPORT(handed_out) __u32 handed_out(void) { return control.handed_out; }
EXPORT(limits) struct limit *limits(void) { return limit_table; }
EXPORT(key_buffer) struct flow_key *key_buffer(void) { return key_bytes; }
EXPORT(remove_keys) void remove_keys(__u32 count)
{
	for (__u32 i = 0; i < count && i < KEYS; i++)
		slot_unbind(&key_bytes[i]);
}
EXPORT(hook_count) struct hook_counters *hook_count(__u32 ifindex, __u32 direction)
{
	struct hook h = {.ifindex = ifindex, .direction = direction};

	return hook_counters(&h);
}
EXPORT(overflow) struct traffic *overflow(void) { return overflow_table; }
EXPORT(events) struct packet_event *events(void) { return event_table; }
EXPORT(event_count) __u32 event_count(void) { return event_used; }
EXPORT(events_reset) void events_reset(void) { event_used = 0; }
EXPORT(event_counts) struct event_counters *event_counts(void) { return &event_totals; }
EXPORT(observations) __u8 *observations(void) { return observation_table; }
EXPORT(observation_bytes) __u32 *observation_bytes(void) { return &observation_used; }
EXPORT(observation_counts) struct observation_counters *observation_counts(void) { return &observation_totals; }
