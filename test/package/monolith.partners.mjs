import { check } from './checks.mjs';
import { eventually } from './shop.mjs';

const named = (name) => `/admin/clients?client_name=${encodeURIComponent(name)}`;
const trail = ({ body }, id) => body.filter(({ clientId }) => clientId === id);

/** A partner and its client come together, or not at all. */
export async function checkOnboarding(about, { ask, output }) {
  const is = (what, holds, got) => check(`${about}: ${what}`, holds, got);
  const onboard = (name, more = {}) => ask('operator', 'POST', '/v1/partners', JSON.stringify({ name, ...more }));
  const partners = async () => (await ask('operator', 'GET', '/v1/partners')).body.map(({ name }) => name);
  const clients = async (name) => (await ask('operator', 'GET', named(name))).body.length;
  const acme = await onboard('Acme');
  const { client_id: id, client_secret: secret } = acme.body;
  is('a partner gets a client and its secret', acme.status === 201 && secret?.startsWith('oacs_'), acme.text);
  const both = [await partners(), await clients('Acme')];
  is('both are there', String(both) === 'Acme,1', both);

  const twice = await onboard('Acme');
  is('a partner of the same name is refused by the shop', twice.body.failure?.status === 409, twice.text);
  is('its client is not there', (await clients('Acme')) === 1);
  const bankrupt = await onboard('Bankrupt');
  is('a partner without credit is refused late', bankrupt.body.failure?.status === 422, bankrupt.text);
  is(
    'neither it nor its client is there',
    !(await partners()).includes('Bankrupt') && (await clients('Bankrupt')) === 0,
  );
  const wrong = await onboard('Wrong', { redirect_uris: ['javascript:alert(1)'] });
  is('what the registry refuses is told in the shop’s envelope', wrong.body.failure?.status === 400, wrong.text);
  is('and the partner is not there', !(await partners()).includes('Wrong'));
  const crowd = await Promise.all(['A', 'Bankrupt B', 'C', 'Bankrupt D', 'E'].map((name) => onboard(name)));
  const statuses = crowd.map(({ status }) => status);
  is('several at once do not get in each other’s way', String(statuses) === '201,422,201,422,201', statuses);
  const there = await partners();
  is('those that were refused are not there', String(there) === 'A,Acme,C,E', there);

  await ask('operator', 'POST', `/admin/clients/${id}/secrets/rotate`);
  await ask('operator', 'DELETE', `/admin/clients/${id}`);
  const audit = await eventually(
    () => ask('operator', 'GET', '/v1/audit'),
    (answer) => trail(answer, id).length >= 4,
  );
  const seen = trail(audit, id).map(({ event }) => event);
  const expected = ['client.created', 'client.deleted', 'client.secret.rotated', 'client.updated'];
  is('its events are in the audit trail', String(seen.toSorted()) === String(expected), seen);
  const created = audit.body.filter(
    ({ event, document }) => event === 'client.created' && /Acme|Bankrupt/.test(document),
  );
  is('no event tells of a client that was rolled back', created.length === 1, created);
  is('no event and no line of the log has a secret', !/oacs_|oart_/.test(audit.text + output()));
}

/** Two registries: what is in one is not in the other. */
export async function checkSandbox(about, { ask }) {
  const is = (what, holds, got) => check(`${about}: ${what}`, holds, got);
  const create = (path) => ask('operator', 'POST', path, '{"client_id":"both","client_name":"Both"}');
  const first = await create('/admin/clients');
  const second = await create('/sandbox/admin/clients');
  is('an id can be taken in each registry', first.status === 201 && second.status === 201, second.text);
  is('the second has its own Location', second.headers.get('location') === '/api/sandbox/admin/clients/both');
  is(
    'and secrets of its own',
    second.body.client_secret.startsWith('sandbox_') && first.body.client_secret.startsWith('oacs_'),
  );
  await ask(
    'operator',
    'PATCH',
    '/sandbox/admin/clients/both',
    '[{"op":"replace","path":"/client_name","value":"Sand"}]',
  );
  const kept = await ask('operator', 'GET', '/admin/clients/both');
  is('a change in one is none in the other', kept.body.client_name === 'Both', kept.text);
  await ask('operator', 'DELETE', '/admin/clients/both');
  const left = await ask('operator', 'GET', '/sandbox/admin/clients/both');
  is('nor is a removal', left.status === 200 && left.body.client_name === 'Sand', left.text);
  const audit = await eventually(
    () => ask('operator', 'GET', '/v1/audit'),
    (answer) => trail(answer, 'both').length >= 4,
  );
  const told = trail(audit, 'both').map(({ registry, event }) => `${registry} ${event}`);
  const expected = ['sandbox client.created', 'sandbox client.updated', 'shop client.created', 'shop client.deleted'];
  is('events tell the two apart', String(told.toSorted()) === String(expected), told);
}
