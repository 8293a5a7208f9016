// Sends UDP packets: "COUNT DESTINATIONS" sends COUNT to 10.0.0.0 and the following DESTINATIONS - 1
// addresses in turn and answers ns per packet.
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};
	char line[100], data[18] = {0};

	while (fgets(line, sizeof(line), stdin)) {
		unsigned count, destinations;

		if (sscanf(line, "%u %u", &count, &destinations) != 2)
			return 2;
		double start = now_ns();

		for (unsigned i = 0; i < count; i++) {
			to.sin_addr.s_addr = htonl(0x0a000000 + i % destinations);
			sendto(fd, data, sizeof(data), 0, (struct sockaddr *)&to, sizeof(to));
		}
		printf("%.2f\n", (now_ns() - start) / count);
		fflush(stdout);
	}
	return 0;
}
