/** The command line, or a file that it names, is wrong; the message names the mend. */
export class CommandError extends Error {}
