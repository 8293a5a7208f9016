/** Where a parser puts what it reads. */
export interface FeedSink {
  /** Address or prefix, as it is written; what is none is counted, not thrown. */
  address(text: string): void
  /** Number of an autonomous system. */
  asn(value: number): void
  /** Name of a host or domain. */
  name(text: string): void
}

/** Whether the text was of that format at all. `nowMs`: milliseconds since 1970, for entries that end. */
export type FeedParser = (text: string, sink: FeedSink, nowMs: number) => boolean
