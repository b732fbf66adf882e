import { describe, expect, it } from '@jest/globals';
import { startStandalone } from './support/app.js';
import { SQLITE } from './support/databases.js';
import { postClient, type Answer } from './support/http.js';
import { MERGE_PATCH } from './support/json-patch.js';
import { Subject } from './support/subject.js';
import { useService } from './support/use.js';

const FRAGMENT = { grant_types: ['implicit'], response_types: ['id_token'] };

const faultOf = ({ status, body }: Answer) => {
  const [fault] = (body['errors'] ?? []) as { pointer: string }[];
  return [status, body['error'], fault?.pointer];
};
const refused = (pointer: string, error = 'invalid_client_metadata') => [400, error, pointer];
const redirect = (at: number) => refused(`/redirect_uris/${at}`, 'invalid_redirect_uri');
const TAKEN = [201, undefined, undefined];

describe('members that do not go together', () => {
  const service = useService(startStandalone, SQLITE.open);
  const create = async (body: object) => faultOf(await postClient(service.url, body));

  it.each(['id_token_encrypted_response', 'userinfo_encrypted_response', 'request_object_encryption'])(
    '%s_enc needs its alg',
    async (name) => {
      expect(await create({ [`${name}_enc`]: 'A128GCM' })).toEqual(refused(`/${name}_enc`));
      const subject = await Subject.create(service, { [`${name}_alg`]: 'ECDH-ES', [`${name}_enc`]: 'A128GCM' });
      expect(faultOf(await subject.patch({ [`${name}_alg`]: null }, MERGE_PATCH))).toEqual(refused(`/${name}_enc`));
      const { body } = await subject.patch({ [`${name}_enc`]: null }, MERGE_PATCH);
      expect([body[`${name}_alg`], body[`${name}_enc`]]).toEqual(['ECDH-ES', undefined]);
    },
  );

  it('an ID token that comes through the browser is signed', async () => {
    const unsigned = { id_token_signed_response_alg: 'none' };
    expect(await create({ ...unsigned, ...FRAGMENT })).toEqual(refused('/id_token_signed_response_alg'));
    expect(await create({ ...unsigned, response_types: ['code', 'code id_token'] })).toEqual(
      refused('/id_token_signed_response_alg'),
    );
    expect(await create({ ...unsigned, response_types: ['code'] })).toEqual(TAKEN);
  });

  it.each(['ping', 'push'])('the CIBA mode %s needs an endpoint', async (mode) => {
    expect(await create({ backchannel_token_delivery_mode: mode })).toEqual(
      refused('/backchannel_client_notification_endpoint'),
    );
    expect(await create({ backchannel_token_delivery_mode: 'poll' })).toEqual(TAKEN);
  });

  const NATIVE = { application_type: 'native' };
  const WEB = { application_type: 'web', ...FRAGMENT };
  it.each([
    [NATIVE, ['com.example.app:/cb', 'http://localhost:1/cb', 'http://127.9.9.9/cb', 'http://[::1]/cb'], TAKEN],
    [NATIVE, ['https://vscode.dev/redirect', 'http://127.0.0.1:33418/', 'http://localhost/'], TAKEN],
    [NATIVE, ['com.example.app:/cb', 'http://app.example.com/cb'], redirect(1)],
    [NATIVE, ['https://localhost/cb'], redirect(0)],
    [NATIVE, ['https://127.0.0.1/cb'], redirect(0)],
    [WEB, ['https://app.example.com/cb'], TAKEN],
    [WEB, ['http://app.example.com/cb'], redirect(0)],
    [WEB, ['https://app.example.com/cb', 'https://localhost/cb'], redirect(1)],
    [WEB, ['https://[::1]/cb'], redirect(0)],
    [WEB, ['com.example.app:/cb'], redirect(0)],
    [{ ...WEB, grant_types: [] }, ['http://app.example.com/cb'], redirect(0)],
    [{ application_type: 'web' }, ['http://localhost/cb', 'cursor://anysphere/cb'], TAKEN],
    [FRAGMENT, ['http://localhost/cb', 'com.example.app:/cb'], TAKEN],
    [{}, ['http://app.example.com/cb', 'https://localhost/cb', 'com.example.app:/cb'], TAKEN],
  ])('%j may have %j: %j', async (members, redirect_uris, expected) => {
    expect(await create({ ...members, redirect_uris })).toEqual(expected);
  });

  it('an application type judges a stored client only where it or what it reads changes', async () => {
    const subject = await Subject.create(service, { redirect_uris: ['http://app.example.com/cb'] });
    expect(faultOf(await subject.patch(NATIVE, MERGE_PATCH))).toEqual(redirect(0));
    const both = { ...NATIVE, redirect_uris: ['com.example.app:/cb'] };
    expect((await subject.patch(both, MERGE_PATCH)).body).toMatchObject(both);
    expect((await subject.patch({ client_name: 'Renamed' }, MERGE_PATCH)).status).toBe(200);
  });

  it('grants and response types need not agree here: Ory Hydra takes any', async () => {
    expect(await create({ grant_types: ['x'], response_types: ['y z'] })).toEqual(TAKEN);
    expect(await create({ grant_types: ['client_credentials'], response_types: ['code'] })).toEqual(TAKEN);
    expect(await create({ grant_types: ['urn:openid:params:grant-type:ciba'] })).toEqual(TAKEN);
  });
});
