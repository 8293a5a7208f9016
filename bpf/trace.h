/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The binary contract between the tracing programs (trace.bpf.c) and user space
 * (agent/src/kernel/tracing/layout.ts); a test compares both through BTF. Addresses, ports, their order and the
 * ports of ICMP are those of struct flow_key (flow.h); times are nanoseconds of CLOCK_MONOTONIC.
 */
#ifndef NETSCOPE_TRACE_H
#define NETSCOPE_TRACE_H
#include <linux/types.h>

/* Both endpoints, lo <= hi; all 0 where the packet is not IP or its headers could not be read. */
struct trace_tuple {
	__u8 lo_addr[16];
	__u8 hi_addr[16];
	__u16 lo_port;
	__u16 hi_port;
	__u8 protocol;
	__u8 fragment; /* flow_key.fragment; a later fragment's ports are always 0 here */
	__u8 from_hi;  /* 1: the packet was sent by hi_addr */
	__u8 reserved;
};

/* Where a packet was dropped. ifindex is of the network namespace netns; 0: not known. */
struct drop_total_key {
	__u32 ifindex;
	__u32 netns;  /* inode number of /proc/PID/ns/net */
	__u32 reason; /* enum skb_drop_reason, whose numbers differ from kernel to kernel */
};

struct drop_key {
	struct trace_tuple tuple;
	struct drop_total_key where;
};

struct drop_count {
	__u64 packets; /* on the wire: a GSO super-packet counts its segments */
	__u64 bytes;   /* L3 bytes of the buffers: headers of segments 2..n are not in it */
	__u64 last_ns;
};

struct retransmission_key {
	struct trace_tuple tuple;
	__u32 netns;
};

struct retransmission_count {
	__u64 events;	/* buffers sent again */
	__u64 segments; /* segments in them: what RetransSegs of /proc/net/snmp counts */
	__u64 last_ns;
};

/* What the application has handed over and was given, by socket cookie. */
struct app_bytes {
	__u64 sent;
	__u64 received;
	__u32 write_position; /* of kprobes: tcp_sock.write_seq and copied_seq up to which was counted */
	__u32 read_position;
	__u32 write_known;
	__u32 read_known;
};

/* Who took a connection from a listener's queue, by the new socket's cookie. */
struct acceptance {
	__u64 cgroup_id;
	__u32 pid; /* of the process in the initial pid namespace */
	__u32 uid;
	char command[16];
};

/* Per CPU. Drops with a reason and retransmissions are counted here whatever is full. */
struct trace_counters {
	__u64 drops;		       /* wire packets dropped with a reason */
	__u64 without_reason;	       /* buffers freed without one: drops and ordinary ends alike */
	__u64 copies;		       /* for packet sockets (tcpdump) that had no room: the packet itself goes on */
	__u64 no_packet;	       /* freed with a reason, but neither IP nor of an interface (Unix sockets) */
	__u64 drop_tuples_full;	       /* wire packets in no row of drops: the table was full */
	__u64 drop_totals_full;	       /* wire packets in no row of drop_totals */
	__u64 retransmissions;	       /* events */
	__u64 segments;
	__u64 retransmissions_full;    /* segments in no row */
	__u64 app_full;		       /* calls whose bytes are in no row of app_bytes: the table was full */
	__u64 app_without_cookie;      /* or nobody has asked for the socket's cookie */
	__u64 acceptances_full;
	__u64 acceptances_without_cookie;
};

/* Set by user space before loading; the verifier then removes what does not apply to this kernel. */
struct trace_settings {
	__u32 last_without_reason;  /* SKB_DROP_REASON_NOT_SPECIFIED: 0 to 2 */
	__u32 packet_socket_reason; /* SKB_DROP_REASON_PACKET_SOCK_ERROR, or all bits where there is none */
	__u32 queue_purge_reason;   /* SKB_DROP_REASON_QUEUE_PURGE: what a closing socket still held; alike */
	__u32 recvmsg_parameters;   /* of tcp_recvmsg: 6 before 5.19, then 5, from 6.13 on 4 */
	__u32 accept_parameters;    /* of inet_csk_accept: 4, from 6.10 on 2 */
	__u32 has_cookie_function;  /* bpf_get_socket_cookie in tracing programs: Linux 5.12 */
};
#endif
