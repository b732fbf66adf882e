import { describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { rawRequest, request } from './support/http.js';

/** The answer to a request as one line of a table; JSON unless it is a text. */
function faultOf(call: string, status: number, body: unknown): string | undefined {
  const [method, path = ''] = call.split(' ');
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return faultOfAnswer({ method, path, status, headers: { 'x-content-type-options': 'nosniff' }, text });
}

const SECRET = {
  id: '0c1b7d4e-6f0e-4a55-9a59-0b7c1b0f3f0e',
  label: null,
  hint: 'x7Qa',
  created_at: '2026-01-31T12:00:00.000Z',
  expires_at: 0,
  last_used_at: null,
};
const ERROR = { error: 'not_found', error_description: 'There is no client with this client_id.' };

describe('an answer is compared with the OpenAPI document, which', () => {
  it.each([
    ['lacks a required member', 'GET /admin/clients/a/secrets', 200, [{ ...SECRET, hint: undefined }], "'hint'"],
    ['has a member of another type', 'GET /admin/clients/a/secrets', 200, [{ ...SECRET, label: 5 }], '/0/label'],
    ['has null where none is allowed', 'GET /admin/clients', 200, [{ client_name: null }], '/0/client_name'],
    ['has a member without a schema', 'GET /admin/clients', 200, [{ hash: 'x' }], 'additional properties'],
    ['has a language tag of another type', 'GET /admin/clients', 200, [{ 'client_name#de': 5 }], '/0/client_name#de'],
    [
      'has a language tag where none belongs',
      'GET /admin/clients',
      200,
      [{ 'owner#de': 'x' }],
      'additional properties',
    ],
    ['has a key without its kind', 'GET /admin/clients', 200, [{ jwks: { keys: [{}] } }], "'kty'"],
    ['has another format', 'GET /admin/clients/a/secrets', 200, [{ ...SECRET, created_at: 'now' }], 'date-time'],
    ['lacks what a client always has', 'GET /admin/clients/a', 200, { client_id: 'a' }, "'client_name'"],
    ['has a body where none belongs', 'DELETE /admin/clients/a', 204, {}, 'no body'],
    ['has no body where one belongs', 'GET /admin/clients/a', 404, '', 'not JSON'],
    ['has a status that the operation lacks', 'GET /admin/clients/a', 409, ERROR, 'not documented'],
    ['is no error of the registry', 'POST /admin/clients', 400, { statusCode: 400 }, "'error'"],
  ])('does not allow one that %s', (_, call, status, body, words) => {
    expect(faultOf(call, status, body)).toContain(words);
  });

  it.each([
    ['GET /admin/clients/a/secrets', 200, [SECRET]],
    ['GET /clients', 200, [{ client_name: 'of the short path' }]],
    ['GET /registry/admin/clients', 200, [{ metadata: null }]],
    ['GET /admin/clients', 200, [{ metadata: 'text', jwks: { keys: [{ kty: 'EC', more: 1 }] } }]],
    ['GET /admin/clients', 200, [{ 'client_name#de': 'Bestellungen' }]],
    ['GET /admin/clients/clients', 404, ERROR],
    ['GET /admin/clients/a', 304, ''],
    ['DELETE /admin/clients/a', 204, ''],
    ['GET /health/alive', 400, ERROR],
    ['GET /shop/admin/clients', 401, ERROR],
    ['GET /ADMIN/clients', 404, ERROR],
    ['GET /shop/orders', 200, 'of a host'],
  ])('allows the right one to %s, %i', (call, status, body) => {
    expect(faultOf(call, status, body)).toBeUndefined();
  });

  it('tells an operation by its literal segments first', () => {
    const call = 'DELETE /admin/clients/a/secrets/rotate';
    expect(faultOf(call, 204, '')).toContain('deleteRotatedOAuth2ClientSecrets');
  });

  it('is asked for each answer that a test gets', async () => {
    const server = createServer((_, response) => {
      response
        .setHeader('content-type', 'application/json')
        .setHeader('x-content-type-options', 'nosniff')
        .end('{"client_id":"a"}');
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/admin/clients/a?x`;
    const refusal = 'getOAuth2Client, 200: answer must have required property';
    await expect(request(url)).rejects.toThrow(refusal);
    await expect(rawRequest(url, {})).rejects.toThrow(refusal);
    await expect(rawRequest(url, { path: '/admin/clients/a?y' })).rejects.toThrow(refusal);
    server.close();
  });
});
