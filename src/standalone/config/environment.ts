import { existsSync } from 'node:fs';
import { readConfig, unknownVariables, type Config } from './config.js';

const FILE = '.env';

/** Sets environment variables of this process, for flags of the command line. */
export function setVariables(variables: Partial<Record<keyof Config, string>>): void {
  Object.assign(process.env, variables);
}

/**
 * Returns the configuration of this process: its environment variables, and for those that are not set, a file `.env` in the working
 * directory.
 *
 * @throws ConfigError
 */
export function processConfig(): Config {
  if (existsSync(FILE)) process.loadEnvFile(FILE);
  return readConfig(process.env);
}

/** Returns the names of variables of this process that look like the service's own, but are unknown to it. */
export function foreignVariables(): string[] {
  return [...unknownVariables(process.env).keys()];
}
