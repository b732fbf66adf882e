import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const TESTS = join(import.meta.dirname, '..');
/** What sends the requests that have the key. */
const SENDER = join(TESTS, 'support/http.ts');
/** Suites with requests of their own that have no key: they want to be refused, or need certain connections. */
const WITHOUT_KEY = ['error-answers.e2e-spec.ts', 'shutdown.e2e-spec.ts'];

/**
 * Suites of what happens to processes and databases while they serve: for those it makes no difference who asks, and they take almost
 * half of the time.
 */
const OF_WHAT_SERVES = [
  'callers-gone.e2e-spec.ts',
  'changed-meanwhile.e2e-spec.ts',
  'concurrent-writers.e2e-spec.ts',
  'database-trouble.e2e-spec.ts',
  'isolation.e2e-spec.ts',
  'killed.e2e-spec.ts',
  'list-stability.e2e-spec.ts',
  'listener-limits.e2e-spec.ts',
  'migrations.e2e-spec.ts',
  'persistence.e2e-spec.ts',
  'postgres-connections.e2e-spec.ts',
  'postgres-tls.e2e-spec.ts',
  'postgres-trouble.e2e-spec.ts',
  'postgres-urls.e2e-spec.ts',
  'process-end.e2e-spec.ts',
  'queued-changes.e2e-spec.ts',
  'request-log-trouble.e2e-spec.ts',
  'sqlite-file.e2e-spec.ts',
  'sqlite-writer.e2e-spec.ts',
  'stress.e2e-spec.ts',
  'stuck-postgres.e2e-spec.ts',
  'upgrade.e2e-spec.ts',
];

/** The files of tests that a file imports for more than types. */
function importsOf(file) {
  const imports = readFileSync(file, 'utf8').matchAll(/^import (?!type\b)(?:[^';]* from )?'(\.[^']+)\.js';/gm);
  return [...imports].map(([, path]) => join(dirname(file), `${path}.ts`)).filter((path) => path.startsWith(TESTS));
}

/** Adds a file, and all that it imports, to those that are known. */
function withImports(file, known = new Set()) {
  if (known.has(file) || !existsSync(file)) return known;
  known.add(file);
  for (const path of importsOf(file)) withImports(path, known);
  return known;
}

/**
 * Names of the suites in which a key can make a difference: those that send requests by the helper, which adds the key, and do not
 * choose by themselves, with `ADMIN_AUTH`, who is let in.
 */
export const SUITES = readdirSync(TESTS).filter((name) => {
  if (!name.endsWith('.e2e-spec.ts') || WITHOUT_KEY.includes(name) || OF_WHAT_SERVES.includes(name)) return false;
  const file = join(TESTS, name);
  return withImports(file).has(SENDER) && !readFileSync(file, 'utf8').includes('ADMIN_AUTH');
});
