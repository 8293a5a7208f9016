#!/bin/busybox sh
# The guest's first process: mounts, loads the modules, runs the checks, says how they ended (machine.ts reads that).
/bin/busybox mkdir -p /proc /sys /dev /tmp /run
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sys /sys
/bin/busybox mount -t devtmpfs dev /dev
exec </dev/null >/dev/ttyS1 2>&1
/bin/busybox stty -F /dev/ttyS1 -opost
/bin/busybox --install -s /bin
# ip and tc are iproute2's; busybox has applets of these names
rm -f /bin/ip /bin/tc
export PATH=/usr/bin:/usr/sbin:/bin:/sbin HOME=/tmp
mount -t tmpfs tmp /tmp
mount -t tmpfs run /run
mount -t bpf bpf /sys/fs/bpf
while read -r module; do insmod "/modules/$module.ko"; done </modules/order
ip link set lo up
echo "@@booted"
node /netscope/test/kernels/guest/main.js
echo "@@ended $?"
poweroff -f
