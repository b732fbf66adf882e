import { existsSync } from 'node:fs';
import { readConfig, type Config } from './config.js';

const FILE = '.env';

/** Lets variables of this process be what the command line says. */
export function setVariables(variables: Partial<Record<keyof Config, string>>): void {
  Object.assign(process.env, variables);
}

/**
 * The configuration of this process: its variables, and those of a file `.env` in its folder that it does not have.
 *
 * @throws ConfigError
 */
export function processConfig(): Config {
  if (existsSync(FILE)) process.loadEnvFile(FILE);
  return readConfig(process.env);
}
