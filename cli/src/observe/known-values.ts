/** Fields of which all values are known: a mistyped one is told, instead of matching nothing. */
import { CONNECT_OUTCOMES, TCP_STATES } from '@netscope/core/enrichment.ts'
import { ENDS } from '@netscope/core/flow-record.ts'
import { PROTOCOL_NAMES, protocolName, protocolNumber } from '@netscope/core/protocol.ts'
import { VERDICTS } from '@netscope/core/slot.ts'

const KNOWN_VALUES: Readonly<Record<string, readonly string[]>> = {
  verdict: VERDICTS,
  direction: ['inbound', 'outbound', 'forwarded'],
  handshake: ['', 'complete', 'refused', 'unanswered', 'midstream'],
  connect: CONNECT_OUTCOMES,
  end: ENDS,
  tcpState: TCP_STATES,
  srcTcpState: TCP_STATES,
  dstTcpState: TCP_STATES,
  protocol: Object.values(PROTOCOL_NAMES),
}

/** Every value that a field can have; undefined where there is no end of them. */
export const knownValues = (field: string): readonly string[] | undefined => KNOWN_VALUES[field]

/** `text` as the flow writes it: `tcp` and `6` are `TCP`; undefined when the field never has it. */
export const knownValue = (field: string, text: string): string | undefined => {
  if (field === 'protocol') {
    const number = protocolNumber(text)
    return number === undefined ? undefined : protocolName(number)
  }
  const lower = text.toLowerCase()
  return KNOWN_VALUES[field]?.find((value) => value.toLowerCase() === lower)
}
