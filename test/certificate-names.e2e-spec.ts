import { expect, it } from '@jest/globals';
import { startStandalone } from './support/app.js';
import { SQLITE } from './support/databases.js';
import { postClient, type Answer } from './support/http.js';
import { MERGE_PATCH } from './support/json-patch.js';
import { Subject } from './support/subject.js';
import { useService } from './support/use.js';

const METHOD = { token_endpoint_auth_method: 'tls_client_auth' };
const ONE = { tls_client_auth_subject_dn: 'CN=orders' };
const TWO = { ...ONE, tls_client_auth_san_ip: '2001:db8::7' };

const service = useService(startStandalone, SQLITE.open);

const faultOf = ({ status, body }: Answer) => {
  const [fault] = body['errors'] as { pointer: string; detail: string }[];
  return [status, body['error'], fault?.pointer, fault?.detail];
};
const NONE = [
  400,
  'invalid_client_metadata',
  '/tls_client_auth_subject_dn',
  'tls_client_auth_subject_dn or one of tls_client_auth_san_dns, tls_client_auth_san_uri, tls_client_auth_san_ip, tls_client_auth_san_email must be set when token_endpoint_auth_method is tls_client_auth.',
];
const SEVERAL = [
  400,
  'invalid_client_metadata',
  '/tls_client_auth_san_ip',
  'tls_client_auth_san_ip and tls_client_auth_subject_dn cannot both be set: choose one.',
];

it('tls_client_auth needs exactly one name of the certificate', async () => {
  expect(faultOf(await postClient(service.url, METHOD))).toEqual(NONE);
  expect(faultOf(await postClient(service.url, { ...METHOD, ...TWO }))).toEqual(SEVERAL);
  expect((await postClient(service.url, { ...METHOD, ...ONE })).body).toMatchObject({ ...METHOD, ...ONE });
});

it('another method keeps the names, and may become tls_client_auth once there is one', async () => {
  const subject = await Subject.create(service, TWO);
  expect((await subject.get()).body).toMatchObject(TWO);
  expect(faultOf(await subject.patch(METHOD, MERGE_PATCH))).toEqual(SEVERAL);
  const { status, body } = await subject.patch({ ...METHOD, tls_client_auth_san_ip: null }, MERGE_PATCH);
  expect([status, body]).toEqual([200, expect.objectContaining({ ...METHOD, ...ONE })]);
  expect(body).not.toHaveProperty('tls_client_auth_san_ip');
});

it('a client that was stored before there were names can be changed elsewhere, and mended', async () => {
  const subject = await Subject.create(service, { ...METHOD, ...ONE });
  await service.dataSource.query(
    `UPDATE oauth2_client SET document = replace(document, '"tls_client_auth_subject_dn":"CN=orders",', '')
     WHERE id = '${subject.id}'`,
  );
  const before = await subject.get();
  expect(before.body).not.toHaveProperty('tls_client_auth_subject_dn');
  const again = await subject.send('PUT', '', before.body);
  expect([again.status, again.headers['etag']]).toEqual([200, before.headers['etag']]);
  expect((await subject.patch({ client_name: 'Renamed' }, MERGE_PATCH)).status).toBe(200);
  expect(faultOf(await subject.patch(TWO, MERGE_PATCH))).toEqual(SEVERAL);
  expect((await subject.patch(ONE, MERGE_PATCH)).body).toMatchObject(ONE);
  expect(faultOf(await subject.patch({ tls_client_auth_subject_dn: null }, MERGE_PATCH))).toEqual(NONE);
});
