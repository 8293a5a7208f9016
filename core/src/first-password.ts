/** The file with the first password of `admin`: written by the server, shown and removed by `netscope up`. */

/** In the folder of storage.path, with mode 0600. */
export const FIRST_PASSWORD_FILE = 'first-admin-password'
