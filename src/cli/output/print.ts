/** The error for standard output that cannot be written to. */
export class OutputError extends Error {
  /** Whether nothing is wrong: the reader, such as `head`, has seen enough. */
  readonly isQuiet: boolean;

  /**
   * @param code Node's error code, such as `EPIPE`
   * @param mustArrive whether something is lost with the text
   */
  constructor(code: string | undefined, mustArrive: boolean) {
    super(`Standard output cannot be written to (${code}); changes that the command has made are kept.`);
    this.isQuiet = code === 'EPIPE' && !mustArrive;
  }
}

/**
 * Writes a text to standard output, and waits until its reader can take more.
 *
 * @param text lines, with their line breaks
 * @param mustArrive whether something is lost with the text: a secret, or which changes were made. Default false
 * @throws OutputError
 */
export async function print(text: string, mustArrive = false): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(text, (error?: NodeJS.ErrnoException | null) =>
      error ? reject(new OutputError(error.code, mustArrive)) : resolve(),
    );
  });
}
