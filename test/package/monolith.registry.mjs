import { check } from './checks.mjs';

const CLIENTS = '/admin/clients';

/** The shop's guard stands before the registry, and speaks for the shop. */
export async function checkRefusals(about, { ask }) {
  for (const path of [CLIENTS, '/clients', '/sandbox/admin/clients', '/admin/clients/x/secrets']) {
    const stranger = await ask(undefined, 'GET', path);
    const customer = await ask('customer', 'GET', path);
    const told = [stranger, customer].map(({ status, body }) => [status, body?.failure?.status]);
    check(`${about}: ${path} is for operators, and says so as the shop does`, String(told) === '401,401,403,403', told);
  }
  const written = await ask('customer', 'POST', CLIENTS, '{"client_id":"smuggled"}');
  const read = await ask('operator', 'GET', `${CLIENTS}/smuggled`);
  check(`${about}: who is refused changes nothing`, written.status === 403 && read.status === 404, read.text);
}

/** The registry answers as it does standalone, below the shop's prefix. */
export async function checkRegistry(about, { ask }) {
  const is = (what, holds, { status, text }) => check(`${about}: ${what}`, holds, `${status} ${text.slice(0, 300)}`);
  const big = '{"n":12345678901234567890,"one":1.0,"constructor":{"a":1}}';
  const created = await ask('operator', 'POST', CLIENTS, `{"client_name":"Big","unknown":1,"metadata":${big}}`);
  const path = `${CLIENTS}/${created.body.client_id}`;
  is('a client is created', created.status === 201 && created.body.client_secret?.startsWith('oacs_'), created);
  is('Location names its place under the prefix', created.headers.get('location') === `/api${path}`, created);
  is('the digits of large numbers are kept', created.text.includes(big), created);
  const shown = await ask('operator', 'GET', path);
  is('it is shown without its secret', shown.status === 200 && !('client_secret' in shown.body), shown);
  is('with every digit', shown.text.includes(big), shown);

  const wrong = await ask('operator', 'POST', CLIENTS, '{"client_name":5,"redirect_uris":["x"]}');
  const pointers = wrong.body.errors?.map(({ pointer }) => pointer);
  is('a wrong body gets all of its faults', wrong.status === 400 && pointers?.length === 2, wrong);
  const broken = await ask('operator', 'POST', CLIENTS, '{"client_name":');
  is(
    'a broken body is 400 in the registry’s shape',
    broken.status === 400 && broken.body.error === 'invalid_request',
    broken,
  );
  const unknown = await ask('operator', 'GET', `${CLIENTS}/nobody`);
  is('an unknown client is 404', unknown.status === 404 && unknown.body.error === 'not_found', unknown);
  const method = await ask('operator', 'DELETE', CLIENTS);
  is(
    'a wrong method is 405 with Allow',
    method.status === 405 && method.headers.get('allow')?.includes('POST'),
    method,
  );
  const taken = await ask('operator', 'POST', CLIENTS, JSON.stringify({ client_id: created.body.client_id }));
  is('a taken client_id is 409', taken.status === 409 && taken.body.error === 'conflict', taken);
  const etag = created.headers.get('etag');
  const patch = [path, '{"client_name":"Bigger"}'];
  const merge = { 'content-type': 'application/merge-patch+json', 'if-match': etag };
  const patched = await ask('operator', 'PATCH', ...patch, merge);
  is('a merge patch is applied', patched.status === 200 && patched.body.client_name === 'Bigger', patched);
  is('and leaves the digits alone', patched.text.includes(big), patched);
  const late = await ask('operator', 'PATCH', ...patch, merge);
  is('a patch of a state that is gone is 412', late.status === 412 && late.body.error === 'precondition_failed', late);
  const large = await ask('operator', 'POST', CLIENTS, JSON.stringify({ client_name: 'x'.repeat(2 ** 20) }));
  is(
    'a body of more than 1 MiB is 413 in the registry’s shape',
    large.status === 413 && Boolean(large.body?.error),
    large,
  );
  const long = 'i'.repeat(255);
  await ask('operator', 'POST', CLIENTS, JSON.stringify({ client_id: long }));
  const found = await ask('operator', 'GET', `${CLIENTS}/${long}`);
  is('a client_id of 255 characters is found', found.status === 200, found);
}
