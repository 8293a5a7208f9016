/* SPDX-License-Identifier: GPL-2.0 */
/* Buckets of round trip times: four to a power of two of microseconds (core/src/rtt-bucket.ts says where each ends). */
#ifndef NETSCOPE_RTT_BUCKET_H
#define NETSCOPE_RTT_BUCKET_H

#include <linux/types.h>

#define RTT_BUCKETS 108
#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif

static __always_inline __u32 rtt_bucket(__u32 us)
{
	__u32 x = us | 1, power = 0, part;

	if (x >> 16) power += 16, x >>= 16;
	if (x >> 8) power += 8, x >>= 8;
	if (x >> 4) power += 4, x >>= 4;
	if (x >> 2) power += 2, x >>= 2;
	if (x >> 1) power += 1;
	part = power >= 2 ? us >> (power - 2) : us << (2 - power);
	x = power * 4 + (part & 3);
	return x < RTT_BUCKETS ? x : RTT_BUCKETS - 1;
}
#endif
