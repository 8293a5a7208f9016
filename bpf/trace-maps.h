/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tables of the tracing programs. All are allocated beforehand: these programs run wherever the kernel
 * happens to be, also where it must not allocate. A row is added once and then counted up in place; user space
 * reads differences and removes idle rows. Their sizes are placeholders: user space sets them before loading.
 */
#ifndef NETSCOPE_TRACE_MAPS_H
#define NETSCOPE_TRACE_MAPS_H
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "trace.h"

#define TRACE_MAP(name, key_type, value_type)    \
	struct {                                 \
		__uint(type, BPF_MAP_TYPE_HASH); \
		__uint(max_entries, 1024);       \
		__type(key, key_type);           \
		__type(value, value_type);       \
	} name SEC(".maps")
TRACE_MAP(drops, struct drop_key, struct drop_count);
TRACE_MAP(drop_totals, struct drop_total_key, struct drop_count);
TRACE_MAP(retransmissions, struct retransmission_key, struct retransmission_count);
TRACE_MAP(app_bytes, __u64, struct app_bytes);
TRACE_MAP(accepted, __u64, struct acceptance);

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct trace_counters);
} counters SEC(".maps");

const volatile struct trace_settings settings SEC(".rodata.trace") = {};

static __always_inline struct trace_counters *trace_counters(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&counters, &zero);
}

/* Per CPU, but an interrupt may come between load and store. */
#define COUNT(field, n)                                              \
	do {                                                         \
		struct trace_counters *counters_ = trace_counters(); \
		if (counters_)                                       \
			__sync_fetch_and_add(&counters_->field, n);  \
	} while (0)

/* The row of a key, made when there is none; 0: the table is full. */
static __always_inline void *row_of(void *map, const void *key, const void *zero)
{
	void *row = bpf_map_lookup_elem(map, key);

	if (row)
		return row;
	bpf_map_update_elem(map, key, zero, BPF_NOEXIST);
	return bpf_map_lookup_elem(map, key);
}
#endif
