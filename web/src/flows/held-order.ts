/** Order of rows while someone points at the table: known rows stay where they are, new ones go below. */

/** `items` in the order of `order`; items that it does not name follow in their own order. */
export const holdOrder = <T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  order: readonly string[],
): T[] => {
  const place = new Map(order.map((key, index) => [key, index]))
  const at = (item: T) => place.get(keyOf(item)) ?? order.length
  return items.toSorted((a, b) => at(a) - at(b))
}
