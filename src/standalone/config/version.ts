import { readFileSync } from 'node:fs';

const FILE = new URL('../../../package.json', import.meta.url);

/** The version of the package, such as `0.1.0`. */
export const { version: VERSION } = JSON.parse(readFileSync(FILE, 'utf8')) as { version: string };
