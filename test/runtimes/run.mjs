// The other releases of Node that package.json names, from npm's packages of Node itself: on each the smoke test, the suites that
// could see a difference, and the package in a project of somebody else's.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { check, conclude } from '../package/checks.mjs';
import { NEEDED } from '../package/consumers.mjs';
import { install, installed, pack, PACKAGE, ROOT, run, temporaryFolder } from '../package/workspace.mjs';

const { engines, peerDependencies, bin, name } = PACKAGE;
const MAJORS = [...engines.node.matchAll(/(\d+)\.\d+/g)].map(([, major]) => major);
const RUNTIME = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
const JEST = ['--experimental-vm-modules', '--no-warnings', join(ROOT, 'node_modules/jest/bin/jest.js')];
const PATH = process.env.PATH;

/** Runs a program of this project in the runtime that comes first in PATH, and shows what it prints. */
function passes(...args) {
  return spawnSync('node', args, { cwd: ROOT, stdio: 'inherit' }).status === 0;
}

/** Installs the tarball where there is nothing else, and creates a client by the command that comes with it. */
async function createsClient(tarball) {
  const folder = temporaryFolder('runtime-project');
  const peers = Object.fromEntries(NEEDED.map((peer) => [peer, peerDependencies[peer].split(' || ').at(-1)]));
  await install(folder, { type: 'module', dependencies: { ...peers, [name]: `file:${tarball}` } });
  const command = [...Object.keys(bin), 'create', '--name', 'x', '--json'];
  return JSON.parse(await run(folder, 'npx', '--no-install', ...command)).client_name;
}

const { tarball } = await pack(temporaryFolder('runtime-package'));
for (const major of MAJORS.filter((one) => one !== process.versions.node.split('.')[0])) {
  const folder = temporaryFolder(`node-${major}`);
  await install(folder, { dependencies: { [RUNTIME]: major } });
  const about = `Node ${installed(folder, RUNTIME)}`;
  process.env.PATH = `${join(folder, 'node_modules', RUNTIME, 'bin')}:${PATH}`;
  const version = (await run(folder, 'node', '--version')).trim();
  check(`${about} is what runs`, `Node ${version.slice(1)}` === about, version);
  check(`${about}: smoke`, passes('test/smoke.mjs'));
  check(`${about}: suites`, passes(...JEST, '--config', 'test/runtimes/jest.config.js'));
  const created = await createsClient(tarball);
  check(`${about}: the package creates a client`, created === 'x', created);
}
conclude();
