import { readFileSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../support/service.mjs';
import { check } from './checks.mjs';
import { addRegistry, BOTH_WAYS, TYPES } from './host-files.mjs';
import { installed, PACKAGE, ROOT, run, temporaryFolder } from './workspace.mjs';

/** Applications as `nest new` makes them, with what is particular to each. */
export const TEMPLATES = [
  { major: 11, isModule: false, bundles: ['CommonJS', 'ES module'], builders: ['webpack', 'swc'] },
  { major: 12, isModule: true, bundles: ['ES module'], builders: [] },
];
/** How the tests of the bundles and builders get their programs. */
const TOOLS = ['libsql', 'esbuild', '@swc/cli', '@swc/core'];
/** Settings of TypeScript that find packages in different ways. */
const RESOLUTIONS = [
  ['--module', 'commonjs', '--moduleResolution', 'node10'],
  ['--module', 'node16'],
  ['--module', 'nodenext'],
  ['--module', 'esnext', '--moduleResolution', 'bundler'],
];
const DEADLINE = 30_000;

/** The command that stands in docs/embedding.md below a comment of the shell. */
function documented(title) {
  const page = readFileSync(join(ROOT, 'docs/embedding.md'), 'utf8');
  const command = page.split(`\n# ${title}\n`)[1]?.split(/\n(?:#|```)/)[0];
  if (!command) throw new Error(`docs/embedding.md has no command "# ${title}".`);
  return command;
}

/** Starts a program of the application and creates a client; tells its status, or what the program printed when it ended. */
async function statusOf(folder, file, environment = {}) {
  const port = await freePort();
  const database = join(temporaryFolder('database'), 'host.sqlite');
  const env = { PATH: process.env.PATH, PORT: String(port), DATABASE_FILE: database, ...environment };
  const child = spawn(process.execPath, [file], { cwd: folder, env });
  const exited = once(child, 'exit');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const deadline = Date.now() + DEADLINE;
  const ask = () => fetch(`http://127.0.0.1:${port}/admin/clients`, { method: 'POST', body: '{}' });
  try {
    for (;;) {
      const answer = await ask().catch(() => undefined);
      if (answer) return answer.status;
      if (child.exitCode !== null || Date.now() > deadline) return output;
      await sleep(50);
    }
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
}

async function checkTypes(about, folder) {
  writeFileSync(join(folder, 'types.ts'), TYPES);
  const compile = ['--noEmit', '--skipLibCheck', '--target', 'es2022', '--types', 'node', '--esModuleInterop'];
  for (const setting of RESOLUTIONS) {
    const output = await run(folder, 'npx', 'tsc', ...compile, ...setting, 'types.ts').catch(({ message }) => message);
    const faults = output.match(/error TS\d+/g);
    check(`${about}: the types are found with ${setting.join(' ')}`, String(faults) === 'error TS2322', output);
  }
}

/** Makes an application by Nest's own template, adds the registry by the documented lines, and does with it what hosts do. */
export async function checkTemplate(tarball, { major, isModule, bundles, builders }) {
  const about = `Nest ${major}'s template`;
  const parent = temporaryFolder('template');
  const flags = ['--skip-git', '--skip-install', '--package-manager', 'npm', ...(isModule ? ['--no-observe'] : [])];
  await run(parent, 'npx', '--yes', '--prefer-offline', `@nestjs/cli@${major}`, 'new', 'host', ...flags);
  const folder = join(parent, 'host');
  addRegistry(folder, isModule);
  const shell = (command) => {
    const path = `${join(folder, 'node_modules/.bin')}${delimiter}${process.env.PATH}`;
    return run(folder, 'env', `PATH=${path}`, 'sh', '-c', command);
  };
  const line = documented(`Nest ${major}`).replace(PACKAGE.name, tarball);
  await shell(`${line} ${TOOLS.join(' ')} --no-audit --no-fund --prefer-offline --loglevel=error`);
  const versions = ['common', 'swagger', 'typeorm'].map((name) => installed(folder, `@nestjs/${name}`));
  check(
    `${about}: the documented line installs packages of Nest ${major}`,
    versions.every((version) => version.startsWith(`${major}.`)),
    versions,
  );
  const created = async (by, file, environment) => {
    const status = await statusOf(folder, file, environment);
    check(`${about}: ${by} starts and creates a client`, status === 201, status);
  };
  await shell('npm test');
  check(`${about}: its own npm test passes with the registry`, true);
  await shell('npm run --silent build');
  await created('what npm run build makes', 'dist/main.js');
  await created('the same with the entity Client of the host after those of the registry', 'dist/main.js', {
    OWN_LAST: '1',
  });
  const same = await run(folder, process.execPath, '--input-type=commonjs', '-e', BOTH_WAYS);
  check(`${about}: require and import give one copy of the package`, same.trim() === 'true', same);
  for (const kind of bundles) {
    await shell(documented(kind));
    await created(`a minified bundle of esbuild, ${kind},`, `bundle/main.${kind === 'CommonJS' ? 'cjs' : 'mjs'}`);
  }
  for (const builder of builders) {
    await shell(`nest build --builder ${builder}`);
    await created(`a build by ${builder}`, 'dist/main.js');
  }
  if (!isModule) await checkTypes(about, folder);
}
