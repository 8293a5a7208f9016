/** Numbers for the interfaces that captures name, so that a flow goes on in the next file. */
import type { CaptureInterface } from '../pcap/capture.ts'

/** The engine keeps counters for 1,024 hooks, two per interface; hostile files may name more. */
const MAX_INTERFACES = 500

export interface InterfaceNumbers {
  /** `ifindex` as SLL2 gives it, 0 without. */
  of(face: CaptureInterface, ifindex: number): number
  name(number: number): string
  /** Numbers 1 to this are in use. */
  count(): number
}

/** Interfaces of the same name are the same; one without a name is ''. */
export const createInterfaceNumbers = (): InterfaceNumbers => {
  const names: string[] = []
  const byName = new Map<string, number>()
  const byFace = new Map<CaptureInterface, number>()
  const byIfindex = new Map<number, number>()

  const numberOf = (name: string): number => {
    const known = byName.get(name)
    if (known !== undefined) return known
    if (names.length >= MAX_INTERFACES) return numberOfRest()
    byName.set(name, names.push(name))
    return names.length
  }
  const numberOfRest = (): number => {
    if (names.length === MAX_INTERFACES) names.push('others')
    return names.length
  }
  const remember = <K>(map: Map<K, number>, key: K, name: string): number => {
    const number = map.get(key) ?? numberOf(name)
    if (map.size < MAX_INTERFACES) map.set(key, number)
    return number
  }

  return {
    of: (face, ifindex) =>
      ifindex === 0
        ? remember(byFace, face, face.name)
        : remember(byIfindex, ifindex, `if${ifindex}`),
    name: (number) => names[number - 1] ?? '',
    count: () => names.length,
  }
}
