import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check } from './checks.mjs';
import { install, installed, PACKAGE, run, temporaryFolder } from './workspace.mjs';

const PROGRAM = fileURLToPath(new URL('consumer/program.ts', import.meta.url));
const { peerDependencies, peerDependenciesMeta } = PACKAGE;
/** What every host must have, and the driver that the program uses. */
export const NEEDED = [
  ...Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional),
  'libsql',
];

/** Applications with the oldest peers that the package allows; those of templates.mjs have the newest. */
export const CONSUMERS = [
  { major: 11, type: 'commonjs' },
  { major: 12, type: 'module' },
];

/** The oldest version in a peer's range, for one major of Nest. */
function oldestOf(name, { major }) {
  const ranges = peerDependencies[name].split(' || ');
  const [range] = [...ranges.filter((one) => one.startsWith(`^${major}.`)), ...ranges];
  return range.slice(1);
}

const CONFIG = {
  compilerOptions: {
    module: 'nodenext',
    target: 'es2022',
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    esModuleInterop: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    outDir: 'out',
  },
  files: ['program.ts'],
};

/** Faults in the types of this package or of the program; those of others are not ours to mend. */
async function faultsOfTypes(folder) {
  const output = await run(folder, 'npx', 'tsc', '--skipLibCheck', 'false').catch(({ message }) => message);
  return output.split('\n').filter((line) => /^(program\.ts|node_modules\/oauth2-client-registry\/)/.test(line));
}

/** Installs the tarball into an empty project, compiles a strict program against it and runs that; returns its folder. */
export async function checkConsumer(tarball, consumer) {
  const { major, type } = consumer;
  const about = `Nest ${major} (the oldest), ${type === 'module' ? 'ESM' : 'CommonJS'}`;
  const folder = temporaryFolder('consumer');
  const peers = Object.fromEntries(NEEDED.map((name) => [name, oldestOf(name, consumer)]));
  await install(folder, {
    type,
    dependencies: { ...peers, [PACKAGE.name]: `file:${tarball}` },
    devDependencies: { typescript: '~6.0', '@types/node': '^20' },
  });
  const nests = ['common', 'core', 'platform-express', 'swagger'].map((name) => installed(folder, `@nestjs/${name}`));
  check(
    `${about}: that is what is installed`,
    nests.every((version) => version.startsWith(`${major}.`)),
    nests,
  );
  cpSync(PROGRAM, join(folder, 'program.ts'));
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(CONFIG));
  const faults = await faultsOfTypes(folder);
  check(`${about}: the types hold under strict`, faults.length === 0, faults.join('\n        '));
  mkdirSync(join(folder, 'out'), { recursive: true });
  const printed = await run(folder, process.execPath, 'out/program.js');
  const { id, verified, wrong, conflict, told } = JSON.parse(printed);
  check(`${about}: a client is created`, /^[\w-]{36}$/.test(id), printed);
  check(`${about}: its secret is verified, and no other`, verified === true && wrong === false, printed);
  check(`${about}: errors are of the class that it imports`, conflict === 409, printed);
  check(`${about}: its sink is told`, JSON.stringify(told) === '["client.created"]', printed);
  const version = await run(folder, 'npx', '--no-install', Object.keys(PACKAGE.bin)[0], '--version');
  check(`${about}: its command runs`, version.trim() === PACKAGE.version, version);
  return folder;
}
