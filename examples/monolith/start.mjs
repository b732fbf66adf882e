// `npm run example`: runs the shop in a temporary folder, with the registry as it would be published.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack, prepare } from '../prepare.mjs';

const folder = mkdtempSync(join(tmpdir(), 'registry-example-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
try {
  console.log('Packing the registry and installing the shop …');
  await prepare('monolith', folder, await pack(folder));
  const shop = spawn(process.execPath, ['dist/main.js', ...process.argv.slice(2)], { cwd: folder, stdio: 'inherit' });
  // A terminal sends an interrupt to both processes: wait until the shop has ended.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => shop.kill('SIGTERM'));
  const [code] = await once(shop, 'exit');
  process.exitCode = code ?? 0;
} catch (error) {
  console.error(`${error.message}\n${error.stdout ?? ''}`);
  process.exitCode = 1;
}
