/** Addresses as they lie in the history: two numbers of 64 bits, the 16 bytes in network order. */
import type { DuckDBValue } from '@duckdb/node-api'
import { formatAddress } from '@netscope/core/address.ts'

/** The 16 bytes of the two halves. */
export const addressBytes = (high: DuckDBValue, low: DuckDBValue): DataView => {
  const view = new DataView(new ArrayBuffer(16))
  view.setBigUint64(0, BigInt(high as bigint))
  view.setBigUint64(8, BigInt(low as bigint))
  return view
}

export const addressText = (high: DuckDBValue, low: DuckDBValue): string =>
  formatAddress(addressBytes(high, low), 0)

/** Both halves as one number, to sort by. */
export const addressNumber = (high: string, low: string): string =>
  `(${high}::UHUGEINT * 18446744073709551616::UHUGEINT + ${low}::UHUGEINT)`
