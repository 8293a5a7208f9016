/** curl, as a shell would start it, with the token of the server whose run directory is given: an admin's. */
import { join } from 'node:path'
import { LOCAL_TOKEN_FILE } from '@netscope/core/local-token.ts'

/** Reads the file each time, because a server that starts again has another token. */
export const authorizedCurl = (runDir: string): string => {
  const token = `sed -n 's/.*"token":"\\([^"]*\\)".*/\\1/p' '${join(runDir, LOCAL_TOKEN_FILE)}'`
  return `curl -H "Authorization: Bearer $(${token})"`
}
