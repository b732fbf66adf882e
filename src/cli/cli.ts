#!/usr/bin/env node
import { CommanderError } from 'commander';
import { createProgram } from './program.js';

// `print` reports a write error to its caller; the output of help and version may stop in the middle.
process.stdout.on('error', () => {});

try {
  await createProgram().parseAsync();
} catch (error) {
  // Commander has printed the error already; help and version are an "error" with exit code 0.
  if (error instanceof CommanderError) process.exit(error.exitCode && 2);
  // Imported late, like everything that a command needs: help is printed without loading the registry.
  const { failureOf } = await import('./failure.js');
  const { exitCode, text } = failureOf(error);
  if (text) console.error(text);
  process.exit(exitCode);
}
