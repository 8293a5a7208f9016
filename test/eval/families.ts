/** Kinds of attacks as truth tables name them: which words mean them, and which techniques their detections bear. */

export interface Family {
  name: string
  /** Words of a ground truth. */
  words: RegExp
  /** MITRE ATT&CK ids; sub-techniques are meant too. */
  techniques: readonly string[]
}

/** The first whose words are met is meant: `SYN flood` is no scan, though it has SYNs. */
export const FAMILIES: readonly Family[] = [
  { name: 'flood', words: /flood|amplif|reflection|ddos/i, techniques: ['T1498', 'T1499'] },
  {
    name: 'spoofing',
    words:
      /spoof|poison|rogue|mitm|man in the middle|redirect|gateway removal|starvation|duplicate address/i,
    techniques: ['T1557', 'T1565', 'T1499', 'T1498', 'T1584'],
  },
  {
    name: 'tunnel',
    words: /tunnel|iodine|dnscat|dga\b/i,
    techniques: ['T1572', 'T1071', 'T1048', 'T1568', 'T1095'],
  },
  { name: 'guessing', words: /brute|guess|logins?\b|failures|password/i, techniques: ['T1110'] },
  {
    name: 'beacon',
    words: /beacon|c2\b|command and control|c&c/i,
    techniques: ['T1071', 'T1573', 'T1095', 'T1571', 'T1102', 'T1029'],
  },
  {
    name: 'exfiltration',
    words: /exfil|upload/i,
    techniques: ['T1048', 'T1041', 'T1030', 'T1567'],
  },
  {
    name: 'scan',
    words: /scan|sweep|discovery|probe/i,
    techniques: ['T1046', 'T1595', 'T1018', 'T1016'],
  },
]

/** What a text is about; undefined: nothing that we know. */
export const familyOf = (text: string): string | undefined =>
  FAMILIES.find(({ words }) => words.test(text))?.name

/** Whether a detection is of `kind`: a family, or a detector's name. */
export const isOfKind = (alert: { detector: string; technique: string }, kind: string): boolean => {
  const family = FAMILIES.find(({ name }) => name === kind)
  if (!family) return alert.detector === kind
  return family.techniques.includes(alert.technique.split('.')[0] ?? '')
}
