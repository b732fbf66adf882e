// `npm run example:authorization-server`: runs the server with the build of this checkout, in a temporary folder.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { link } from '../prepare.mjs';

const folder = mkdtempSync(join(tmpdir(), 'registry-authorization-server-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
await link('authorization-server', folder);
const server = spawn(process.execPath, ['dist/main.js'], { cwd: folder, stdio: 'inherit' });
// A terminal sends an interrupt to both processes: wait until the server has ended.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => server.kill('SIGTERM'));
const [code] = await once(server, 'exit');
process.exitCode = code ?? 0;
