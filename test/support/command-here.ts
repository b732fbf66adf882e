import { jest } from '@jest/globals';
import { CommanderError } from 'commander';
import { Readable } from 'node:stream';
import { failureOf } from '../../src/cli/failure.js';
import { createProgram } from '../../src/cli/program.js';
import type { CommandOptions, Ended } from './command.js';

/** Lets what is written to a stream go to `take`. */
function capture(stream: NodeJS.WriteStream, take: (text: string) => void) {
  return jest.spyOn(stream, 'write').mockImplementation((text, ...rest) => {
    take(String(text));
    for (const written of rest) if (typeof written === 'function') written();
    return true;
  });
}

/**
 * Runs a command in this process, which takes a tenth of the time: for all but what a process of its own shows, such as how it ends
 * and what it loads. One at a time, for it takes the environment and the standard streams of this process.
 */
export async function commandHere(
  args: string[],
  { environment = {}, input = '' }: Omit<CommandOptions, 'folder'> = {},
): Promise<Ended> {
  const ended: Ended = { exitCode: 0, stdout: '', stderr: '' };
  const say = (text: string) => void (ended.stderr += text);
  const stdin = Readable.from([Buffer.from(input)]) as typeof process.stdin;
  const replaced = jest.replaceProperty(process, 'env', environment);
  const spies = [
    jest.spyOn(process, 'stdin', 'get').mockReturnValue(stdin),
    capture(process.stdout, (text) => (ended.stdout += text)),
    capture(process.stderr, say),
    jest.spyOn(console, 'error').mockImplementation((text: string) => say(`${text}\n`)),
  ];
  try {
    await createProgram().parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return { ...ended, exitCode: error.exitCode && 2 };
    const { exitCode, text } = failureOf(error);
    return { ...ended, exitCode, stderr: ended.stderr + (text && `${text}\n`) };
  } finally {
    replaced.restore();
    for (const spy of spies) spy.mockRestore();
  }
  return ended;
}
