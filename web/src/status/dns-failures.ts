/** Which answers of a DNS server are failures of the server. */

/** NXDOMAIN says that a name does not exist: a proper answer (RFC 8020). */
const PROPER: ReadonlySet<string> = new Set(['NOERROR', 'NXDOMAIN'])

/** Answers with another code than a proper one. */
export const failuresOf = (rcodes: Readonly<Record<string, number>>): number =>
  Object.entries(rcodes).reduce((sum, [code, count]) => (PROPER.has(code) ? sum : sum + count), 0)
