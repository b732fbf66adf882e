import { describe, expect, it, jest } from '@jest/globals';
import { InitialAccessTokens, RegistrationService, runInTransaction } from '../src/index.js';
import { RegistrationPolicies } from '../src/registration/policy/registration-policies.js';
import { SETTINGS } from './support/app.js';
import { POSTGRES } from './support/databases.js';
import { stopDate } from './support/clock.js';
import type { Answer } from './support/http.js';
import { startRegistrationHost, useRegistrationHost, type RegistrationHost } from './support/registration-host.js';
import { use } from './support/use.js';

const DAY = 86_400_000;
/** As a desktop tool registers at each start. */
const TOOL = {
  client_name: 'Desktop tool',
  redirect_uris: ['http://127.0.0.1/callback', 'https://tool.example.com/callback'],
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: 'none',
};
const POLICIES = {
  default: { registrationToken: false, reuseWithin: '24h' },
  other: { registrationToken: false, reuseWithin: '24h' },
  full: { registrationToken: false, reuseWithin: '24h', maxClients: 1 },
};

/** The ids of the clients that were made or reused, each once. */
const idsOf = (answers: readonly Answer[]) => new Set(answers.map(({ body }) => String(body['client_id'])));

const bearer = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };

async function tokenOf(host: RegistrationHost, members: object): Promise<string> {
  return (await host.app.get(InitialAccessTokens, { strict: false }).create(JSON.stringify(members))).token;
}

describe.each(SETTINGS)('registrations that are the same, $setting,', ({ open, isFastify }) => {
  const hosts = use(async (keep) => {
    const database = await keep(open());
    const start = () => startRegistrationHost(isFastify ? 'Fastify' : 'Express', database, { policies: POLICIES });
    return { one: await keep(start()), other: await keep(start()) };
  });

  const registered = async (body: object, token?: string, host: RegistrationHost = hosts.one): Promise<string> => {
    const answer = await host.register(body, bearer(token));
    expect([answer.status, answer.text]).toEqual([201, expect.stringContaining('client_id')]);
    return String(answer.body['client_id']);
  };

  it('have one client, though 30 arrive at one time at two applications', async () => {
    const body = { ...TOOL, client_name: 'At one time' };
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, at) => (at % 2 ? hosts.one : hosts.other).register(body)),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    const listed = await hosts.one.admin('GET', '?client_name=At%20one%20time');
    expect(JSON.parse(listed.text)).toHaveLength(1);
  });

  it('are answered alike, with a default that is sent or left out, and make one row of the journal', async () => {
    const body = { ...TOOL, client_name: 'Alike' };
    const first = await hosts.one.register(body);
    const again = await hosts.other.register({ ...body, response_types: ['code'], application_type: 'web' });
    expect([again.status, again.text, again.headers['location']]).toEqual([201, first.text, undefined]);
    const history = await hosts.one.admin('GET', `${String(first.body['client_id'])}/history`);
    expect(JSON.parse(history.text)).toHaveLength(1);
  });

  it.each([
    ['another name', { ...TOOL, client_name: 'Another' }],
    ['redirect URIs in another order', { ...TOOL, redirect_uris: TOOL.redirect_uris.toReversed() }],
    ['a name in another language', { ...TOOL, 'client_name#de': 'Werkzeug' }],
    ['a secret', { ...TOOL, token_endpoint_auth_method: 'client_secret_basic' }],
  ])('are others with %s', async (_, body) => {
    expect(await registered(body)).not.toBe(await registered(TOOL));
  });

  it('have a client each where it gets a secret', async () => {
    const confidential = { ...TOOL, token_endpoint_auth_method: 'client_secret_basic' };
    expect(await registered(confidential)).not.toBe(await registered(confidential));
  });

  it.each([
    ['changed', async (id: string) => hosts.one.admin('PATCH', id, [{ op: 'add', path: '/owner', value: 'team' }])],
    ['suspended', async (id: string) => hosts.one.admin('PUT', `${id}/suspension`, { reason: 'abuse' })],
    ['given a registration access token', async (id: string) => hosts.one.admin('POST', `${id}/registration-token`)],
    ['removed', async (id: string) => hosts.one.admin('DELETE', id)],
  ])('have a new client once the former one was %s by an administrator', async (state, change) => {
    const body = { ...TOOL, client_name: state };
    const former = await registered(body);
    expect((await change(former)).status).toBeLessThan(300);
    const [next, ...again] = await Promise.all(
      Array.from({ length: 10 }, (_, at) => registered(body, undefined, at % 2 ? hosts.one : hosts.other)),
    );
    expect(next).not.toBe(former);
    expect(new Set(again)).toEqual(new Set([next]));
  });

  it('never show what an administrator writes meanwhile', async () => {
    const seen: Answer[] = [];
    for (let round = 0; round < 40; round += 1) {
      const body = { ...TOOL, client_name: `Round ${round}` };
      const id = await registered(body);
      const same = Array.from({ length: 10 }, () => hosts.one.register(body));
      const changed = hosts.one.admin('PATCH', id, [{ op: 'replace', path: '/client_name', value: 'Confidential' }]);
      seen.push(...(await Promise.all(same)));
      expect((await changed).status).toBe(200);
    }
    expect(seen.filter(({ text }) => text.includes('Confidential'))).toEqual([]);
  });

  it('have a new client when the time is over', async () => {
    const body = { ...TOOL, client_name: 'Over' };
    const former = await registered(body);
    stopDate();
    try {
      jest.setSystemTime(Date.now() + DAY - 60_000);
      expect(await registered(body)).toBe(former);
      jest.setSystemTime(Date.now() + 120_000);
      expect(await registered(body)).not.toBe(former);
    } finally {
      jest.useRealTimers();
    }
  });

  it('have a client for each policy and each label of an initial access token, and cost no use when nothing is made', async () => {
    const make = (label: string, policy: string) => tokenOf(hosts.one, { label, policy, max_uses: 1 });
    const own = await registered(TOOL);
    const token = await make('ci', 'default');
    const first = await registered(TOOL, token);
    const other = await registered(TOOL, await make('ci', 'other'));
    expect(new Set([own, first, other]).size).toBe(3);
    const unused = await make('ci', 'default');
    expect([await registered(TOOL, unused), await registered(TOOL, unused)]).toEqual([first, first]);
    expect(await registered({ ...TOOL, client_name: 'With its use' }, unused)).not.toBe(first);
  });

  it('are answered at the quota of their policy, where others are refused', async () => {
    const token = await tokenOf(hosts.one, { label: 'few', policy: 'full', max_uses: 5 });
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, at) => (at % 2 ? hosts.one : hosts.other).register(TOOL, bearer(token))),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    expect(idsOf(answers).size).toBe(1);
    expect((await hosts.one.register({ ...TOOL, client_name: 'One more' }, bearer(token))).status).toBe(403);
  });

  it('have one client in a transaction of the application, which goes with it', async () => {
    const service = hosts.one.app.get(RegistrationService, { strict: false });
    const body = { ...TOOL, client_name: 'In a transaction' };
    const ids: string[] = [];
    const failing = runInTransaction(hosts.one.dataSource, async (manager) => {
      for (let at = 0; at < 2; at += 1) ids.push((await service.register(body, { manager })).id);
      throw new Error('The application gives up.');
    });
    await expect(failing).rejects.toThrow('gives up');
    expect(new Set(ids).size).toBe(1);
    expect(idsOf([await hosts.one.register(body)]).has(ids[0] ?? '')).toBe(false);
  });
});

describe('registrations that are the same', () => {
  const host = useRegistrationHost(
    { open: () => POSTGRES.open(), isFastify: false },
    { policies: POLICIES, limits: { source: 2 } },
  );

  it('count as tries of their source, and not as clients: after ten times its limit the answer is 429', async () => {
    // More at one time than the source may have clients: one of them is made.
    const first = await Promise.all(Array.from({ length: 10 }, () => host.register(TOOL)));
    const answers = first.map(({ status }) => status);
    for (let at = 0; at < 12; at += 1) answers.push((await host.register(TOOL)).status);
    expect(answers).toEqual([...Array.from({ length: 21 }, () => 201), 429]);
  });
});

it.each([
  [{ reuseWithin: '24h' }, 'default.reuseWithin needs registrationToken: false'],
  [{ reuseWithin: 24, registrationToken: false }, 'default.reuseWithin must be a time such as 24h'],
  [{ reuseWithin: '0s', registrationToken: false }, 'default.reuseWithin must be a time such as 24h'],
  [{ reuseWithin: '9999999999h', registrationToken: false }, 'default.reuseWithin must be a time such as 24h'],
  [{ judge: () => ({}), reuseWithin: 1000 }, 'default.reuseWithin needs givesRegistrationToken: false'],
  [{ judge: () => ({}), reuseWithin: '1s', givesRegistrationToken: false }, 'default.reuseWithin must be milliseconds'],
])('a policy %j is refused', (policy, words) => {
  expect(() => RegistrationPolicies.read({ default: policy })).toThrow(words);
});
