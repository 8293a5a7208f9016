/** A command of the server has an argument that it cannot have. */
export class ArgumentError extends Error {}
