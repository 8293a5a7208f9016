# Sends an Ethernet frame of IPv4 over and over, each time with another source address and port, at a steady rate:
# perl send-flood.pl INTERFACE HEX PER-SECOND SECONDS FROM
# The sources are 100.64.0.0 + FROM and what follows. Nobody looks at checksums on this way.
use strict;
use warnings;
use Time::HiRes qw(time sleep);

my ($name, $hex, $rate, $seconds, $from) = @ARGV;
my $frame = pack('H*', $hex);
open(my $file, '<', "/sys/class/net/$name/ifindex") or die $!;
my $ifindex = <$file>;
socket(my $socket, 17, 3, 0) or die $!; # AF_PACKET, SOCK_RAW
bind($socket, pack('S S l S C C x8', 17, 0, $ifindex, 0, 0, 0)) or die $!; # struct sockaddr_ll

my ($sent, $total, $start) = (0, $rate * $seconds, time);
while ($sent < $total) {
	my $due = (time - $start) * $rate;
	for (; $sent < $due && $sent < $total; $sent++) {
		substr($frame, 26, 4) = pack('N', 0x64400000 + $from + $sent);
		substr($frame, 34, 2) = pack('n', 1024 + ($from + $sent) % 60000);
		syswrite($socket, $frame) or die $!;
	}
	sleep(0.005);
}
