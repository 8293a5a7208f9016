/** What a stretch of slots did since the last tick, as columns: the scan's output for the IP window. */

/** Slots scanned in one go; between two stretches the tick may pause. */
export const STRETCH = 512

export class Activity {
  /** Rows in use. A row is one direction of a flow that belongs to the host's totals. */
  count = 0
  /** 2 × slot + side that sent. */
  readonly sender = new Uint32Array(2 * STRETCH)
  readonly packets = new Uint32Array(2 * STRETCH)
  readonly bytes = new Float64Array(2 * STRETCH)
  /** Slots whose SYN counters are worth a look. */
  handshakes = 0
  readonly handshakeSlot = new Uint32Array(STRETCH)

  /** Of no use but to keep loads alive. */
  touched = 0

  add(sender: number, packets: number, bytes: number): void {
    const row = this.count++
    this.sender[row] = sender
    this.packets[row] = packets
    this.bytes[row] = bytes
  }

  addHandshake(slot: number): void {
    this.handshakeSlot[this.handshakes++] = slot
  }

  clear(): void {
    this.count = 0
    this.handshakes = 0
  }
}
