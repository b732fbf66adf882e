/** The error for a command line, or a file that it names, that is wrong. The message says how to correct it. */
export class CommandError extends Error {}
