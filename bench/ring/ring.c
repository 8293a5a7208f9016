// Counterparts of the benchmark `ring`, in C. One line of answer per line of input.
// ring consume:  fd 3 is a ring buffer; drains it with libbpf, answers "EVENTS NANOSECONDS".
// ring produce:  fd 3 is a program that makes one event per packet; "COUNT PER_SECOND" makes them, in
//                portions of 1 ms, and answers the seconds that it took.
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static unsigned long events;
static volatile unsigned sum;

static int on_event(void *context, void *data, size_t size)
{
	events++;
	sum += ((unsigned *)data)[12];
	return 0;
}

/* 10.0.0.1:1234 -> 10.0.0.2:443, UDP */
static unsigned char packet[64] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, 0, 50, 0, 1, 0, 0, 64, 17, 0, 0,
				   10, 0, 0, 1, 10, 0, 0, 2, 4, 210, 1, 187, 0, 30};

static int send(long count)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet), .repeat = count);

	return bpf_prog_test_run_opts(3, &opts);
}

static int produce(long count, double per_second)
{
	double start = now();
	long portion = per_second / 1000 > 1 ? per_second / 1000 : 1, sent = 0;

	while (sent < count) {
		if (send(portion))
			return 1;
		sent += portion;
		double wait = start + sent / per_second - now();

		if (wait > 0) {
			struct timespec t = {wait, (wait - (long)wait) * 1e9};

			nanosleep(&t, NULL);
		}
	}
	printf("%.4f\n", now() - start);
	return 0;
}

int main(int count, char **words)
{
	char line[100];
	struct ring_buffer *ring = NULL;

	if (count != 2)
		return 2;
	if (!strcmp(words[1], "consume") && !(ring = ring_buffer__new(3, on_event, NULL, NULL)))
		return perror("ring"), 1;
	while (fgets(line, sizeof(line), stdin)) {
		long wanted;
		double per_second;

		if (ring) {
			double start = now();

			events = 0;
			ring_buffer__consume(ring);
			printf("%lu %.0f\n", events, (now() - start) * 1e9);
		} else if (sscanf(line, "%ld %lf", &wanted, &per_second) != 2 || produce(wanted, per_second)) {
			return 1;
		}
		fflush(stdout);
	}
	return 0;
}
