#!/bin/sh
# Builds the kernel programs and the same code as WebAssembly into bpf/build. Needs clang, llvm, lld, libbpf-dev.
set -eu
cd "$(dirname "$0")"
mkdir -p build
include=/usr/include/$(uname -m)-linux-gnu
clang -O2 -g -Wall -Werror -target bpf -mcpu=v3 -I"$include" -c flow.bpf.c -o build/flow.bpf.o.new
llvm-strip -g build/flow.bpf.o.new
mv build/flow.bpf.o.new build/flow.bpf.o
# Tracing, from one source; -g takes DWARF only, the relocations of CO-RE are in .BTF.ext.
case $(uname -m) in aarch64) arch=arm64 ;; *) arch=x86 ;; esac
for way in fentry:0 kprobe:1; do
	object=build/trace-${way%:*}.bpf.o
	clang -O2 -g -Wall -Werror -target bpf -mcpu=v3 -D__TARGET_ARCH_$arch -DKPROBE=${way#*:} -I"$include" \
		-c trace.bpf.c -o $object.new
	llvm-strip -g $object.new
	mv $object.new $object
done
clang -O2 -g -Wall -Werror -target bpf -mcpu=v3 -I"$include" -c socket.bpf.c -o build/socket.bpf.o.new
llvm-strip -g build/socket.bpf.o.new
mv build/socket.bpf.o.new build/socket.bpf.o
clang --target=wasm32 -O2 -Wall -Werror -nostdlib -fno-builtin-memset -fno-builtin-memcpy -mbulk-memory \
	-I"$include" -I/usr/include -Wl,--no-entry -Wl,--strip-all -o build/count.wasm.new wasm/count.c
mv build/count.wasm.new build/count.wasm
