import { expect, it } from '@jest/globals';
import { readConfig } from '../src/standalone/config/config.js';
import { registrationOptions } from '../src/standalone/config/registration-options.js';
import { fileOf } from './support/file-of.js';
import { request } from './support/http.js';
import { startPublic } from './support/public-listener.js';

const YAML = `
default:
  allow: { token_endpoint_auth_method: [none] }   # public clients only
  force: { owner: self-service }
  defaults: { token_endpoint_auth_method: none }
`;
const JSON_TEXT = JSON.stringify({ partners: { must: ['contacts'] } });

const optionsWith = (path: string) => registrationOptions(readConfig({ REGISTRATION_POLICIES: path }));

it('REGISTRATION_POLICIES names a file in YAML or JSON', async () => {
  await using yaml = await fileOf(YAML);
  await using json = await fileOf(JSON_TEXT);
  expect(optionsWith(yaml.path).policies).toMatchObject({ default: { force: { owner: 'self-service' } } });
  expect(optionsWith(json.path).policies).toEqual(JSON.parse(JSON_TEXT));
  expect(registrationOptions(readConfig({}))).not.toHaveProperty('policies');
});

it.each([
  ['default: [', 'names a file that is not YAML: see line 1, column 11'],
  ['default: { scope: a }\n', 'names a file that cannot be used: default.scope is unknown: leave it out'],
  ['- default\n', 'names a file that cannot be used: they must be an object'],
  ['', 'names a file that cannot be used: they must be an object'],
  ['default: { must: [owner] }', 'default.must must not have owner: no client may set it.'],
])('of %j the start says: %s', async (text, sentence) => {
  await using file = await fileOf(text);
  expect(() => optionsWith(file.path)).toThrow(sentence);
  expect(() => optionsWith(file.path)).toThrow('REGISTRATION_POLICIES names a file');
});

it('must name a file that can be read', () => {
  expect(() => optionsWith('/nowhere/policies.yaml')).toThrow(
    'REGISTRATION_POLICIES names a file that cannot be read (ENOENT)',
  );
});

it('holds at the public listener, which says what it offers', async () => {
  await using file = await fileOf(YAML);
  await using service = await startPublic({ REGISTRATION_POLICIES: file.path });
  const headers = { authorization: '' };
  const register = (body: object) => request(`${service.publicUrl}/oauth2/register`, { method: 'POST', body, headers });
  const { body } = await register({ redirect_uris: ['http://localhost/cb'] });
  expect(body).toMatchObject({ token_endpoint_auth_method: 'none', owner: 'self-service' });
  const refused = await register({ token_endpoint_auth_method: 'client_secret_basic' });
  expect([refused.status, refused.body['error_description']]).toEqual([
    400,
    'token_endpoint_auth_method must be one of none.',
  ]);
  const offered = await request(`${service.publicUrl}/oauth2/registration-policies`, { headers });
  expect(offered.body['policies']).toMatchObject([
    { name: 'default', values: { token_endpoint_auth_method: ['none'] } },
  ]);
  expect((await request(`${service.url}/oauth2/registration-policies`)).status).toBe(404);
});
