/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The binary contract of the socket programs with user space (agent/src/sockets/socket-slot.ts;
 * test/contract.test.ts compares both through BTF). Conventions as in flow.h.
 */
#ifndef NETSCOPE_SOCKET_H
#define NETSCOPE_SOCKET_H
#include <linux/types.h>
#include "rtt-bucket.h"

enum socket_slot_state { SOCKET_FREE = 0, SOCKET_OPEN = 1, SOCKET_CLOSED = 2 };
enum socket_role { ROLE_UNKNOWN = 0, ROLE_CLIENT = 1, ROLE_SERVER = 2 };

/* Who uses a socket, captured in its own context at socket(), connect(), sendmsg() or recvmsg(). */
struct socket_owner {
	__u64 captured_ns;
	__u64 cgroup_id;    /* of the v2 hierarchy */
	__u64 netns_cookie; /* of the socket */
	__u32 pid;	    /* thread group */
	__u32 uid;
	char command[16]; /* of the thread */
	__u32 thread;
	__u32 reserved;
};

/* One socket. Three cache lines; a round trip touches the first only. */
struct socket_slot {
	__u64 cookie;
	__u64 last_ns;
	__u64 sent_bytes;     /* payload that the peer has acknowledged */
	__u64 received_bytes; /* payload, in order */
	__u32 srtt_us;
	__u32 min_rtt_us;
	__u32 rtt_samples;
	__u32 retransmits;	 /* segments sent again (tcp_sock.total_retrans) */
	__u32 retransmit_events; /* a super-packet sent again is one */
	__u32 congestion_window; /* segments */
	__u32 delivery_rate;	 /* payload bytes per second */
	__u8 slot_state;
	__u8 tcp_state; /* include/net/tcp_states.h */
	__u8 protocol;
	__u8 role;

	__u8 local_addr[16];
	__u8 remote_addr[16];
	__u16 local_port;
	__u16 remote_port;
	__u32 acked_before; /* of bytes_acked: our SYN counts as one, our SYN-ACK doesn't */
	__u64 opened_ns;
	__u64 established_ns; /* 0: not (yet) */
	__u64 closed_ns;

	struct socket_owner owner;
	__u64 reserved;
};

/* The .bss page, mapped by both. */
struct socket_control {
	__u32 free_tail;  /* recycled slots lie at free_sockets[head..tail) modulo its size */
	__u32 free_head;  /* written by the program */
	__u32 handed_out; /* written by the program: slots [0, handed_out) have been in use */
	__u32 reserved;
};

/* Classes of peers, index of rtt. */
enum peer_class { PEER_LOOPBACK = 0, PEER_LINK_LOCAL = 1, PEER_PRIVATE = 2, PEER_PUBLIC = 3, PEER_CLASSES = 4 };

/* Per CPU. */
struct rtt_histogram {
	__u64 sum_us;
	__u64 counts[RTT_BUCKETS];
};

/* Per CPU. */
struct socket_counters {
	__u64 overflow; /* sockets that found no slot */
};
#endif
