/** What the ids in records mean where the records bring their names along. */
import type { FlowContext } from '@netscope/core/flow-record.ts'
import type { SpooledNames } from '@netscope/core/wire.ts'

export const namedContext = (
  agent: string,
  { wallOffsetMs, interfaces, texts, processes }: SpooledNames,
): FlowContext => {
  const [nameOf, textOf, processOf] = [new Map(interfaces), new Map(texts), new Map(processes)]
  return {
    agent,
    wallOffsetMs,
    // 0 is no interface: another program may not say which one it was.
    interfaceName: (ifindex) => nameOf.get(ifindex) ?? (ifindex === 0 ? '' : `if${ifindex}`),
    text: (id) => textOf.get(id) ?? '',
    process: (id) => processOf.get(id),
  }
}
