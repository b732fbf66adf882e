// The unit of systemd: verified by systemd itself, and its service started with the environment that it has there.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from '../package/checks.mjs';
import { ROOT, run, temporaryFolder } from '../package/workspace.mjs';
import { START, startService } from '../support/service.mjs';
import { read } from './schemas.mjs';

const NAME = 'client-registry.service';
/** What `systemd-analyze security` may find at most; 100 is a unit without any bound. */
const MOST_EXPOSED = 20;

/** Checks the unit. */
export async function checkUnit() {
  const folder = temporaryFolder('systemd');
  const text = read(`deploy/systemd/${NAME}`);
  // The files that it names are at other places here.
  const here = text
    .replace('/usr/bin/node', process.execPath)
    .replace('/opt/client-registry', ROOT.replace(/\/$/, ''))
    .replace(/^Documentation=.*$/m, '');
  const [, command] = /^ExecStart=\/usr\/bin\/node (.+)$/m.exec(text);
  check(
    'the unit starts it as npm start does',
    command.replace('/opt/client-registry/', '') === START.join(' '),
    command,
  );
  const unit = join(folder, NAME);
  writeFileSync(unit, here);
  const verified = await run(folder, 'systemd-analyze', 'verify', '--man=no', '--recursive-errors=no', unit).catch(
    ({ message }) => message,
  );
  check('systemd takes the unit', verified === '', verified);
  const security = ['security', '--offline=yes', `--threshold=${MOST_EXPOSED}`, '--no-pager', unit];
  const exposed = await run(folder, 'systemd-analyze', ...security).catch(({ message }) => `Fault: ${message}`);
  check(`and finds it exposed by ${MOST_EXPOSED} of 100 at most`, !exposed.startsWith('Fault'), exposed.slice(-200));

  const credentials = join(folder, 'credentials');
  mkdirSync(credentials);
  for (const [, name] of text.matchAll(/^LoadCredential=([\w-]+):/gm))
    writeFileSync(join(credentials, name), 'k'.repeat(40));
  const pairs = [...text.matchAll(/^Environment=(\w+)=(.+)$/gm)].map(([, name, value]) => [
    name,
    value.replace('%d', credentials).replace('/var/lib/client-registry', folder),
  ]);
  const service = await startService(Object.fromEntries(pairs));
  const refused = await fetch(`${service.url}/admin/clients`);
  const headers = { authorization: `Bearer ${'k'.repeat(40)}` };
  const listed = await fetch(`${service.url}/admin/clients`, { headers });
  check('its service lets in who has the key, and nobody else', refused.status === 401 && listed.status === 200);
  check('and ends in peace', (await service.end('SIGTERM')) === 0);
}
