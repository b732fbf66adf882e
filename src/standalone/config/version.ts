import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Found by the name of the package, because this module may be part of a bundle in another folder. */
const FILE = createRequire(import.meta.url).resolve('oauth2-client-registry/package.json');

/** The version of the package, such as `0.1.0`. */
export const { version: VERSION } = JSON.parse(readFileSync(FILE, 'utf8')) as { version: string };
