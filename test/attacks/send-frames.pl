# Sends Ethernet frames out of eth0 as they are, over and over: perl send-frames.pl TIMES PAUSE-MS HEX...
# Perl is on every Debian and starts in milliseconds, where many of these start at once.
use strict;
use warnings;

my ($times, $pause_ms, @frames) = @ARGV;
open(my $file, '<', '/sys/class/net/eth0/ifindex') or die $!;
my $ifindex = <$file>;
socket(my $socket, 17, 3, 0) or die $!; # AF_PACKET, SOCK_RAW
bind($socket, pack('S S l S C C x8', 17, 0, $ifindex, 0, 0, 0)) or die $!; # struct sockaddr_ll
for (1 .. $times) {
	for my $frame (@frames) {
		syswrite($socket, pack('H*', $frame)) or die $!;
	}
	select(undef, undef, undef, $pause_ms / 1000);
}
