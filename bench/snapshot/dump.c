// Baselines of the benchmark `snapshot`, in C: ns per flow for one look at all flows.
// dump hash N:  a plain hash with keys and values as long as ours, read by bpf_map_lookup_batch.
// dump slots N: our own slots, mapped (fd 3), with the difference to the last look. One line per look;
//               it begins when a line comes in.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <bpf/bpf.h>
#include <linux/types.h>
#include "flow.h"

#define CHUNK 8192
#define KEY sizeof(struct flow_key)
#define VALUE (sizeof(struct flow_slot) - KEY)

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static unsigned char *keys, *values;
static volatile __u64 sink;

static int fill(unsigned flows)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_HASH, "baseline", KEY, VALUE, flows + flows / 4, 0);

	for (unsigned from = 0; fd >= 0 && from < flows; from += CHUNK) {
		unsigned count = flows - from < CHUNK ? flows - from : CHUNK;

		for (unsigned i = 0; i < count; i++)
			*(unsigned *)(keys + i * KEY) = from + i;
		if (bpf_map_update_batch(fd, keys, values, &count, 0))
			return -1;
	}
	return fd;
}

static unsigned look_by_batch(int fd)
{
	unsigned token, next, total = 0;
	__u64 packets = 0, bytes = 0;

	for (int first = 1, end = 0; !end; first = 0) {
		unsigned count = CHUNK;

		end = bpf_map_lookup_batch(fd, first ? NULL : &token, &next, keys, values, &count, NULL);
		for (unsigned i = 0; i < count; i++) {
			__u64 *v = (__u64 *)(values + i * VALUE);

			packets += v[0] + v[1];
			bytes += v[2] + v[3];
		}
		total += count;
		token = next;
	}
	sink = packets + bytes;
	return total;
}

struct seen {
	__u64 packets[2], bytes[2];
};

static unsigned look_in_place(const struct flow_slot *slots, struct seen *seen, unsigned flows)
{
	__u64 packets = 0, bytes = 0;

	for (unsigned i = 0; i < flows; i++)
		for (int side = 0; side < 2; side++) {
			packets += slots[i].packets[side] - seen[i].packets[side];
			bytes += slots[i].bytes[side] - seen[i].bytes[side];
			seen[i].packets[side] = slots[i].packets[side];
			seen[i].bytes[side] = slots[i].bytes[side];
		}
	sink = packets + bytes;
	return flows;
}

int main(int count, char **words)
{
	char line[100];

	if (count != 3)
		return 2;
	unsigned flows = atoi(words[2]), in_place = !strcmp(words[1], "slots");
	struct flow_slot *slots = NULL;
	struct seen *seen = calloc(flows, sizeof(*seen));
	int fd = -1;

	keys = calloc(CHUNK, KEY);
	values = calloc(CHUNK, VALUE);
	if (in_place)
		slots = mmap(NULL, flows * sizeof(*slots), PROT_READ, MAP_SHARED, 3, 0);
	else
		fd = fill(flows);
	if (in_place ? slots == MAP_FAILED : fd < 0)
		return perror("dump"), 1;
	while (fgets(line, sizeof(line), stdin)) {
		double start = now_ns();
		unsigned total = in_place ? look_in_place(slots, seen, flows) : look_by_batch(fd);

		printf("%.2f\n", (now_ns() - start) / total);
		fflush(stdout);
	}
	return 0;
}
