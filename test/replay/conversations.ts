/** Packets and bytes between pairs of endpoints, from whatever counted them, in one comparable form. */

/** Index 0: what the endpoint that sorts first sent. */
export interface Traffic {
  packets: [number, number]
  bytes: [number, number]
}

export type Conversations = Map<string, Traffic>

/** Adds what `from` sent to `peer`; `kind` keeps protocols apart. Returns the key of both. */
export const addTraffic = (
  to: Conversations,
  kind: string,
  from: string,
  peer: string,
  packets: number,
  bytes: number,
): string => {
  const isFirst = from <= peer
  const key = `${kind} ${isFirst ? from : peer} ${isFirst ? peer : from}`
  const traffic = to.get(key) ?? { packets: [0, 0], bytes: [0, 0] }
  traffic.packets[isFirst ? 0 : 1] += packets
  traffic.bytes[isFirst ? 0 : 1] += bytes
  to.set(key, traffic)
  return key
}

export interface Difference {
  key: string
  ours: string
  theirs: string
}

type Measure = 'packets' | 'bytes'

/** Conversations of `theirs` that ours disagree with; with `both`, also ours that they lack. */
export const differences = (
  ours: Conversations,
  theirs: Conversations,
  measures: readonly Measure[],
  both = true,
): Difference[] => {
  const show = (traffic: Traffic | undefined): string =>
    traffic === undefined
      ? 'none'
      : measures.map((measure) => `${traffic[measure].join('+')} ${measure}`).join(', ')
  const keys = both ? new Set([...theirs.keys(), ...ours.keys()]) : theirs.keys()
  return [...keys].flatMap((key) => {
    const [a, b] = [show(ours.get(key)), show(theirs.get(key))]
    return a === b ? [] : [{ key, ours: a, theirs: b }]
  })
}
