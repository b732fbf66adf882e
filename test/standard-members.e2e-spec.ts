import { describe, expect, it } from '@jest/globals';
import { ClientMetadata, METADATA_FIELDS } from '../src/clients/metadata/client-metadata.js';
import { ClientInput } from '../src/clients/metadata/client.dto.js';
import { registeredMembers } from '../src/clients/metadata/standard/registered-members.js';
import { registrationRules } from '../src/clients/metadata/standard/registration-rules.js';
import { readInput } from '../src/fields/read-input.js';
import { OAuthError } from '../src/index.js';
import { startStandalone } from './support/app.js';
import { SQLITE } from './support/databases.js';
import { getClient, postClient } from './support/http.js';
import { MERGE_PATCH } from './support/json-patch.js';
import { STANDARD_MEMBERS } from './support/standard-members.js';
import { Subject } from './support/subject.js';
import { useService } from './support/use.js';

const ROWS = Object.entries(STANDARD_MEMBERS);
/** A body that a client may register, as the rules of dynamic registration see it. */
const registered = (body: object) => readInput(ClientInput, body, registrationRules());
const shown = (metadata: object) =>
  Object.fromEntries(registeredMembers(Object.assign(new ClientMetadata(), metadata))) as Record<string, unknown>;
const cleared = (beside: object = {}) => Object.fromEntries(Object.keys(beside).map((name) => [name, null]));

describe('a member that a standard adds', () => {
  const service = useService(startStandalone, SQLITE.open);

  it.each(ROWS)('%s is left out by the admin API while it is unset', async (name, { good, beside }) => {
    expect((await postClient(service.url, {})).body).not.toHaveProperty(name);
    for (const unset of [null, ...(typeof good[0] === 'string' ? [''] : [])]) {
      const { status, body } = await postClient(service.url, { ...beside, [name]: unset });
      expect([status, body[name]]).toEqual([201, undefined]);
    }
    const subject = await Subject.create(service, { ...beside, [name]: good[0] });
    expect((await subject.get()).body[name]).toEqual(good[0]);
    const { status, body } = await subject.patch({ [name]: null, ...cleared(beside) }, MERGE_PATCH);
    expect([status, body[name]]).toEqual([200, undefined]);
    expect((await getClient(service.url, subject.id)).body).not.toHaveProperty(name);
  });

  it.each(ROWS)('%s is shown by dynamic registration with the default of its standard', (name, row) => {
    expect(shown({})[name]).toEqual(row.standard);
    for (const value of row.good) expect(shown({ ...row.beside, [name]: value })[name]).toEqual(value);
  });

  it.each(ROWS)('%s is judged by dynamic registration as by the admin API', async (name, { good, bad, beside }) => {
    for (const value of good) {
      const input = await registered({ ...beside, [name]: value });
      expect(input[name as keyof ClientInput]).toEqual(value);
    }
    for (const value of bad) {
      const refusal = await registered({ ...beside, [name]: value }).catch((error: unknown) => error);
      expect([value, refusal]).toEqual([value, expect.any(OAuthError)]);
      const { faults } = refusal as OAuthError;
      expect(faults.map(({ pointer }) => pointer.split('/')[1])).toEqual(faults.map(() => name));
    }
  });
});

describe('dynamic registration', () => {
  it('shows what is unset with the default of the standards, or leaves it out, and nothing that is null or empty', () => {
    expect(shown({})).toEqual({
      redirect_uris: [],
      grant_types: ['authorization_code'],
      response_types: ['code'],
      scope: 'offline_access offline openid',
      client_secret_expires_at: 0,
      subject_type: 'public',
      token_endpoint_auth_method: 'client_secret_basic',
      application_type: 'web',
      id_token_signed_response_alg: 'RS256',
    });
  });

  it('shows the members of every field once they are set', () => {
    const values = METADATA_FIELDS.map(({ name }): [string, unknown] => {
      const unset = new ClientMetadata()[name as keyof ClientMetadata];
      return [name, typeof unset === 'string' ? 'x' : Array.isArray(unset) ? ['x'] : unset === 0 ? 1 : { keys: [] }];
    });
    expect(Object.keys(shown(Object.fromEntries(values))).toSorted()).toEqual(values.map(([name]) => name).toSorted());
  });

  it('takes A128CBC-HS256 beside an algorithm of encryption, and shows it', () => {
    for (const [name, { beside }] of ROWS.filter(([member]) => member.endsWith('_enc'))) {
      expect(shown({ ...beside })[name]).toBe('A128CBC-HS256');
      expect(shown({ ...beside, [name]: 'A256GCM' })[name]).toBe('A256GCM');
    }
  });

  it('does not show the plain UserInfo response as an algorithm: clients would wait for a signature', () => {
    expect(shown({ userinfo_signed_response_alg: 'none' })).not.toHaveProperty('userinfo_signed_response_alg');
    expect(shown({ userinfo_signed_response_alg: 'RS256' })['userinfo_signed_response_alg']).toBe('RS256');
  });
});
