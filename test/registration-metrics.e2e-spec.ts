import { expect, it } from '@jest/globals';
import { InitialAccessTokens } from '../src/index.js';
import { metricsOf, valueOf } from './support/exposition.js';
import { fileOf } from './support/file-of.js';
import { postClient, request } from './support/http.js';
import { startPublic } from './support/public-listener.js';

const CLIENT = { redirect_uris: ['https://desktop.example.com/callback'] };
const POLICIES = 'few: { maxClients: 1 }\nbusy: {}\n';

it('the metrics count what came of registrations, under each policy and without a token', async () => {
  await using file = await fileOf(POLICIES);
  // The last half of a number is for sources that have registered none: this one has two.
  const limits = { REGISTRATION: 'token', REGISTRATION_POLICY_LIMIT: '4', REGISTRATION_SOURCE_LIMIT: '0' };
  await using service = await startPublic({ REGISTRATION_POLICIES: file.path, ...limits });
  const tokens = service.get(InitialAccessTokens);
  const made = async (policy: string) =>
    (await tokens.create(JSON.stringify({ label: 'x', policy, max_uses: 0 }))).token;
  const register = async (token: string, body: object = CLIENT) => {
    const headers = { authorization: token && `Bearer ${token}` };
    return (await request(`${service.open}/oauth2/register`, { method: 'POST', body, headers })).status;
  };
  const [few, busy] = [await made('few'), await made('busy')];
  const statuses = [];
  for (const token of ['', 'oait_wrong', few, few, busy, busy, busy]) statuses.push(await register(token));
  statuses.push(await register(few, { redirect_uris: 7 }));
  expect(statuses).toEqual([401, 401, 201, 403, 201, 201, 429, 400]);
  expect((await postClient(service.url, { client_id: 'a', grant_types: 7 })).status).toBe(400);
  const series = await metricsOf(service.url);
  const counted = (policy: string, outcome: string) =>
    valueOf(series, 'oauth2_registry_client_registrations_total', { policy, outcome });
  expect(counted('', 'unauthenticated')).toBe(2);
  expect(['created', 'forbidden', 'refused'].map((outcome) => counted('few', outcome))).toEqual([1, 1, 1]);
  expect(['created', 'limited'].map((outcome) => counted('busy', outcome))).toEqual([2, 1]);
  expect(counted('admin', 'refused')).toBe(1);
});
