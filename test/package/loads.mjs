import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { execFile } from 'node:child_process';
import { check } from './checks.mjs';
import { PACKAGE } from './workspace.mjs';

const LOADER = fileURLToPath(new URL('loader.mjs', import.meta.url));
/** What only the standalone service and the command line need. */
const STANDALONE = [
  '@nestjs/config',
  '@nestjs/terminus',
  'pino',
  'prom-client',
  'commander',
  'swagger-ui-dist',
  'express',
];
const HTTP = ['body-parser', '@nestjs/platform-express', 'bcrypt', '@nestjs/typeorm'];

/** The packages, and the files of this one, that a program loads. */
async function loadedBy(folder, program, ...args) {
  const list = join(folder, `${program.replaceAll('/', '-')}.loaded`);
  writeFileSync(list, '');
  const env = { ...process.env, LOADED_FILES: list };
  await promisify(execFile)(process.execPath, ['--import', LOADER, program, ...args], { cwd: folder, env });
  const files = readFileSync(list, 'utf8').split('\n');
  const names = files.map((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]);
  const own = files.map((file) => file.split(`/${PACKAGE.name}/dist/`)[1]).filter(Boolean);
  return { packages: new Set(names), own: new Set(own) };
}

function checkAbsent(about, { packages }, names) {
  const found = names.filter((name) => packages.has(name));
  check(about, packages.has('typeorm') && found.length === 0, found);
}

/** What importing the package loads, in a project (ESM) that has all of it installed and `out/program.js`. */
export async function checkLoads(folder) {
  writeFileSync(
    join(folder, 'service.mjs'),
    `await import('./node_modules/${PACKAGE.name}/dist/standalone/app.module.js');`,
  );
  const service = await loadedBy(folder, 'service.mjs');
  check(
    'what the standalone service loads is seen',
    ['@nestjs/config', '@nestjs/terminus'].every((name) => service.packages.has(name)),
  );
  writeFileSync(join(folder, 'main-entry.mjs'), `await import('${PACKAGE.name}');`);
  writeFileSync(join(folder, 'migrations-entry.mjs'), `await import('${PACKAGE.name}/migrations');`);
  const main = await loadedBy(folder, 'main-entry.mjs');
  checkAbsent('the main entry loads nothing of the standalone service', main, STANDALONE);
  checkAbsent('the main entry loads no database driver', main, ['libsql', 'better-sqlite3', 'pg']);
  checkAbsent('a module with ClientsModule loads nothing of it either', await loadedBy(folder, 'out/program.js'), [
    ...STANDALONE,
    'pg',
  ]);
  const migrations = await loadedBy(folder, 'migrations-entry.mjs');
  checkAbsent('the migrations load no HTTP code of others', migrations, [...STANDALONE, ...HTTP]);
  const help = await loadedBy(folder, `node_modules/${PACKAGE.name}/dist/cli/cli.js`, '--help');
  const rest = ['@nestjs/common', 'typeorm', 'class-validator'].filter((name) => help.packages.has(name));
  check('help loads nothing of the registry', help.packages.has('commander') && rest.length === 0, rest);
  const handlers = [...migrations.own].filter((file) => /controller|module|^(http|health|docs)\//.test(file));
  check('the migrations load no HTTP code of ours', migrations.own.size > 0 && handlers.length === 0, handlers);
}
