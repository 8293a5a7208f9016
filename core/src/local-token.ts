/** The file by which programs of a machine find and enter the server on it: written by the server, read by the CLI. */

/** In the folder of NETSCOPE_RUN_DIR, with mode 0600. */
export const LOCAL_TOKEN_FILE = 'local-token.json'

export interface LocalToken {
  /** Where the server listens; the token is of use nowhere else. */
  url: string
  token: string
}
