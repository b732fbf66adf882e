import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { RegistrationPolicies } from '../src/registration/policy/registration-policies.js';
import { accepted, judged, stored } from './support/policies.js';

const CALLBACK = { redirect_uris: ['https://app.example.com/cb'] };
const onlyAdministrators = (name: string) =>
  `${name} would follow from the rest, and must stay as it is: only an administrator sets it.`;

describe('a policy', () => {
  const members = {
    dpop_bound_access_tokens: true,
    tls_client_certificate_bound_access_tokens: true,
    userinfo_signed_response_alg: 'RS256',
  };
  const off = {
    dpop_bound_access_tokens: false,
    tls_client_certificate_bound_access_tokens: false,
    userinfo_signed_response_alg: 'none',
  };
  const names = Object.keys(members);
  const allow = Object.fromEntries(Object.entries(members).map(([name, value]) => [name, [value]]));

  it('that requires a protection is not content with its absence', async () => {
    const rules = { must: names, allow };
    const faultsOf = async (body: object, before?: Awaited<ReturnType<typeof stored>>) =>
      new Set(((await judged(rules, { ...CALLBACK, ...body }, before)) as string[]).map((text) => text.split(' ')[0]));
    expect(await faultsOf(off)).toEqual(new Set(names));
    expect(await faultsOf(off, await stored({ ...CALLBACK, ...members }))).toEqual(new Set(names));
    expect(await accepted(rules, { ...CALLBACK, ...members })).toMatchObject(members);
  });

  it.each(names)('is refused at the start if it does not allow what clients have that do not set %s', (name) => {
    expect(() => RegistrationPolicies.read({ default: { allow: { [name]: allow[name] } } })).toThrow(
      `default.allow.${name} must have`,
    );
    expect(() =>
      RegistrationPolicies.read({ default: { allow: { [name]: allow[name] }, must: [name] } }),
    ).not.toThrow();
  });

  it('that closes grants or response types is not to be had by way of the other', async () => {
    const implicit = { ...CALLBACK, response_types: ['token'] };
    expect(await judged({ close: ['grant_types'] }, implicit)).toEqual([onlyAdministrators('grant_types')]);
    expect(await judged({ close: ['response_types'] }, { ...CALLBACK, grant_types: ['implicit'] })).toEqual([
      onlyAdministrators('response_types'),
    ]);
    const forced = { force: { grant_types: ['authorization_code'] } };
    expect(await judged(forced, implicit, await stored(CALLBACK))).toEqual([onlyAdministrators('grant_types')]);
    expect(await accepted({ close: ['grant_types'] }, { ...CALLBACK, response_types: ['code'] })).toMatchObject({
      response_types: ['code'],
    });
  });

  it('that opens the owner lets a client choose one, and not leave it', async () => {
    const rules = { open: ['owner'] };
    expect(await accepted(rules, { ...CALLBACK, owner: 'team-a' })).toMatchObject({ owner: 'team-a' });
    const owned = await stored({ ...CALLBACK, owner: 'team-a' });
    expect(await judged(rules, { ...CALLBACK, owner: 'team-b' }, owned)).toEqual([
      'owner must be left out, or stay as it is: only an administrator sets it.',
    ]);
    expect(await accepted(rules, CALLBACK, owned)).toMatchObject({ owner: 'team-a' });
  });

  it('that opens metadata keeps them where a client, which is not shown them, does not send them', async () => {
    const before = await stored({ ...CALLBACK, metadata: { billing: '42' } });
    const { metadata } = await accepted({ open: ['metadata'] }, CALLBACK, before);
    expect(metadata).toEqual(before.metadata);
    const changed = await accepted({ open: ['metadata'] }, { ...CALLBACK, metadata: {} }, before);
    expect(JSON.stringify(changed.metadata)).toBe('{}');
  });

  it.each([{ scope: ' ' }, { client_name: ' ' }, { contacts: [''] }, { jwks: { keys: [] } }])(
    'that requires a member is not content with %j',
    async (body) => {
      const [name = ''] = Object.keys(body);
      expect(await judged({ must: [name] }, { ...CALLBACK, ...body })).toContain(`${name} must be set.`);
    },
  );

  it('that allows hosts below another one does not allow an empty name', async () => {
    const rules = { allow: { redirect_uris: ['https://*.example.com'] } };
    expect(await judged(rules, { redirect_uris: ['https://.example.com/cb'] })).toEqual([
      expect.stringMatching(/^redirect_uris/),
    ]);
  });
});
