/**
 * Somebody else's tcx program: `attach-tcx.ts OBJECT INTERFACE first|last` attaches the program `neighbour`
 * to both directions, at the head or the tail of the chain, and prints what it has counted every 100 ms.
 */
import { readFileSync } from 'node:fs'
import * as libbpf from '../../agent/src/kernel/libbpf.ts'

const LINK_CREATE = 28
const ATTACH_TYPES = [46, 47] // BPF_TCX_INGRESS, BPF_TCX_EGRESS
const BPF_F_BEFORE = 8
const BPF_F_AFTER = 16

const [file = '', name = '', place] = process.argv.slice(2)
const object: unknown = libbpf.openFile(file, null)
if ((libbpf.loadObject(object) as number) < 0) throw new Error('the neighbour cannot be loaded')
for (const type of ATTACH_TYPES) {
  const attr = Buffer.alloc(64)
  attr.writeUInt32LE(libbpf.programFd(libbpf.findProgram(object, 'neighbour')) as number, 0)
  attr.writeUInt32LE(Number(readFileSync(`/sys/class/net/${name}/ifindex`, 'utf8')), 4)
  attr.writeUInt32LE(type, 8)
  attr.writeUInt32LE(place === 'first' ? BPF_F_BEFORE : BPF_F_AFTER, 12)
  const link = libbpf.bpf(LINK_CREATE, attr)
  if (link < 0) throw new Error(`tcx: ${libbpf.errorName(link)}`)
}
const seen: number = libbpf.mapFd(libbpf.findMap(object, 'seen'))
setInterval(() => {
  const count = Buffer.alloc(8)
  libbpf.lookupElement(seen, Buffer.alloc(4), count)
  console.log(Number(count.readBigUInt64LE()))
}, 100)
