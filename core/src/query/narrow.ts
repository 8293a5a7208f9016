/** The part of a query that asks about some fields only. */
import type { Query, QueryNode } from './query.ts'
import type { QueryField } from './query-field.ts'

const suitsAll = (node: QueryNode, suits: (field: QueryField) => boolean): boolean => {
  if (node.is === 'test') return suits(node.field)
  return node.is === 'not'
    ? suitsAll(node.part, suits)
    : node.parts.every((part) => suitsAll(part, suits))
}

/** Text of a query that holds wherever `query` does and asks for nothing but the fields that suit; '' where that is nothing. */
export const narrow = ({ text, root }: Query, suits: (field: QueryField) => boolean): string => {
  const parts = root.is === 'and' ? root.parts : [root]
  return parts
    .filter((part) => suitsAll(part, suits))
    .map(({ from, to }) => text.slice(from, to))
    .join(' and ')
}
