import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';

interface Locked {
  license?: string;
  dev?: boolean;
  hasInstallScript?: boolean;
}

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const about = JSON.parse(read('../package.json')) as Record<'dependencies' | 'peerDependencies', object>;
const { packages } = JSON.parse(read('../package-lock.json')) as { packages: Record<string, Locked> };
const [, packageTables = ''] = read('../docs/security.md').split('## What it is built on');
const [ownTable = '', peerTable = ''] = packageTables.split('Peers, which');

/** The rows of a table: package, licence, and whether it has an install script. */
function rowsOf(table: string): { name: string; licence: string; hasScript: boolean }[] {
  const rows = table.matchAll(/^\| `([^`]+)` +\| [^|]+\| (\S+) +\| [^|]+\| (yes|no)/gm);
  return Array.from(rows, ([, name = '', licence = '', script]) => ({ name, licence, hasScript: script === 'yes' }));
}

const OWN = rowsOf(ownTable);
const PEERS = rowsOf(peerTable);

/** `better-sqlite3` is a peer that nothing here installs. */
const INSTALLED = [...OWN, ...PEERS].filter(({ name }) => name !== 'better-sqlite3');

describe('the tables of dependencies in docs/security.md', () => {
  it('name exactly those of package.json, in their order', () => {
    expect(OWN.map(({ name }) => name)).toEqual(Object.keys(about.dependencies));
    expect(PEERS.map(({ name }) => name)).toEqual(Object.keys(about.peerDependencies));
  });

  it.each(INSTALLED)('have the licence of $name, and whether it has an install script', (row) => {
    const { license, hasInstallScript = false } = packages[`node_modules/${row.name}`] ?? {};
    expect(row).toEqual({ name: row.name, licence: license, hasScript: hasInstallScript });
  });

  it('leave out no package in production with an install script', () => {
    const withScripts = Object.entries(packages).filter(([, { hasInstallScript, dev }]) => hasInstallScript && !dev);
    expect(withScripts.map(([path]) => path)).toEqual(['node_modules/@scarf/scarf', 'node_modules/bcrypt']);
    expect(packageTables).toContain('`@scarf/scarf` alone has an install script');
  });
});
