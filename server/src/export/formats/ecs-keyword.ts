/** Texts of the type `keyword`: of more than 1,024 characters (`ignore_above`) nothing is indexed. */
import { known } from './known-parts.ts'

const LONGEST_KEYWORD = 1024

export const cut = (text: string): string => text.slice(0, LONGEST_KEYWORD)
/** undefined: there is nothing to say. */
export const keyword = (text: string): string | undefined => known(cut(text))
