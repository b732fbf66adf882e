/** The error for a wrong command line, or a wrong file that it names. The message says how to correct it. */
export class CommandError extends Error {}
