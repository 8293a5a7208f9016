/* SPDX-License-Identifier: GPL-2.0 */
/* Which ICMP types answer each other. */
#ifndef NETSCOPE_ICMP_H
#define NETSCOPE_ICMP_H
#include <linux/types.h>

#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif

/* Answer types by Community ID v1: a two-way ICMP exchange is one flow. -1: one-way. */
static __always_inline int icmp_answer(__u8 type)
{
	switch (type) {
	case 0: return 8;
	case 8: return 0;
	case 9: return 10;
	case 10: return 9;
	case 13: return 14;
	case 14: return 13;
	case 15: return 16;
	case 16: return 15;
	case 17: return 18;
	case 18: return 17;
	}
	return -1;
}

static __always_inline int icmpv6_answer(__u8 type)
{
	switch (type) {
	case 128: case 130: case 133: case 135: case 139: case 144: return type + 1;
	case 129: case 131: case 134: case 136: case 140: case 145: return type - 1;
	}
	return -1;
}
#endif
