import { describe, expect, it } from '@jest/globals';
import { registerClient } from '@modelcontextprotocol/sdk/client/auth.js';
import { Configuration, OidcApi, type OAuth2Client } from '@ory/hydra-client';
import { Controller, Get, Headers } from '@nestjs/common';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { SETTINGS } from './support/app.js';
import { useRegistrationHost } from './support/registration-host.js';

const CALLBACK = 'https://app.example.com/callback';

/** What known clients send when they register, beside the redirect URIs of which each has its own. */
const CODE = { grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] };
const KNOWN: [client: string, body: { redirect_uris: string[] } & Record<string, unknown>][] = [
  [
    'Visual Studio Code',
    {
      client_name: 'Visual Studio Code',
      client_uri: 'https://code.visualstudio.com',
      grant_types: [...CODE.grant_types, 'urn:ietf:params:oauth:grant-type:device_code'],
      response_types: ['code'],
      redirect_uris: [
        'https://insiders.vscode.dev/redirect',
        'https://vscode.dev/redirect',
        'http://127.0.0.1/',
        'http://127.0.0.1:33418/',
      ],
      scope: 'files:read',
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    },
  ],
  [
    'Claude',
    {
      client_name: 'Claude',
      ...CODE,
      redirect_uris: ['https://claude.ai/api/mcp/auth_callback'],
      token_endpoint_auth_method: 'client_secret_post',
      scope: 'files:read',
    },
  ],
  [
    'Claude Code',
    {
      client_name: 'Claude Code (files)',
      ...CODE,
      redirect_uris: ['http://localhost:3118/callback'],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    },
  ],
  [
    'ChatGPT',
    {
      client_name: 'ChatGPT',
      ...CODE,
      redirect_uris: ['https://chatgpt.com/connector_platform_oauth_redirect'],
      token_endpoint_auth_method: 'none',
    },
  ],
  [
    'Cursor',
    {
      client_name: 'Cursor',
      ...CODE,
      redirect_uris: [
        'cursor://anysphere.cursor-mcp/oauth/callback',
        'https://www.cursor.com/agents/mcp/oauth/callback',
        'http://localhost:8787/callback',
      ],
      token_endpoint_auth_method: 'none',
    },
  ],
  [
    'a desktop tool that says no application type',
    {
      client_name: 'OpenCode',
      client_uri: 'https://opencode.ai',
      ...CODE,
      redirect_uris: ['http://127.0.0.1:19876/mcp/oauth/callback'],
      token_endpoint_auth_method: 'none',
    },
  ],
];

/** The authorization server in front of the registry, as far as clients ask it where they can register. */
@Controller('.well-known')
class Discovery {
  @Get('openid-configuration')
  document(@Headers('host') host: string): object {
    const issuer = `http://${host}`;
    return {
      issuer,
      registration_endpoint: `${issuer}/oauth2/register`,
      authorization_endpoint: `${issuer}/oauth2/auth`,
      token_endpoint: `${issuer}/oauth2/token`,
      jwks_uri: `${issuer}/keys`,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
    };
  }
}

/** Clients of other people, which register at the running service. */
describe.each(SETTINGS)('clients that register by the code of others, $setting,', ({ open, isFastify }) => {
  const host = useRegistrationHost({ open, isFastify }, {}, {}, [Discovery]);

  it.each([
    ['a public client', { token_endpoint_auth_method: 'none' }],
    ['one with a secret', { client_name: 'Web', grant_types: ['authorization_code', 'refresh_token'] }],
    ['one with defaults', {}],
  ])('oauth4webapi takes the answer for %s', async (_, members) => {
    const server = { issuer: host.url, registration_endpoint: `${host.url}/oauth2/register` };
    const sent = { redirect_uris: [CALLBACK], ...members };
    const answer = await oauth.dynamicClientRegistrationRequest(server, sent, { [oauth.allowInsecureRequests]: true });
    const client = await oauth.processDynamicClientRegistrationResponse(answer);
    expect(client).toMatchObject(sent);
    expect(client.client_id).not.toBe('');
  });

  it('oauth4webapi is told what is wrong', async () => {
    const server = { issuer: host.url, registration_endpoint: `${host.url}/oauth2/register` };
    const sent = { redirect_uris: ['javascript:alert(1)'] };
    const answer = await oauth.dynamicClientRegistrationRequest(server, sent, { [oauth.allowInsecureRequests]: true });
    await expect(oauth.processDynamicClientRegistrationResponse(answer)).rejects.toMatchObject({
      status: 400,
      error: 'invalid_redirect_uri',
    });
  });

  it('openid-client registers, and knows how to authenticate from the answer', async () => {
    const metadata = { redirect_uris: [CALLBACK], client_name: 'Web' };
    const options = { execute: [openid.allowInsecureRequests] };
    const configuration = await openid.dynamicClientRegistration(new URL(host.url), metadata, undefined, options);
    const client = configuration.clientMetadata();
    expect(client).toMatchObject({ ...metadata, token_endpoint_auth_method: 'client_secret_basic' });
    expect(client.client_secret).toMatch(/^oacs_/);
    const stored = await host.admin('GET', client.client_id);
    expect(stored.body).toMatchObject({ ...metadata, registered_via: { type: 'registration', policy: 'default' } });
  });

  it.each(KNOWN)('@modelcontextprotocol/sdk registers what %s sends', async (_, body) => {
    const registration_endpoint = `${host.url}/oauth2/register`;
    const metadata = {
      issuer: host.url,
      authorization_endpoint: `${host.url}/oauth2/auth`,
      token_endpoint: `${host.url}/oauth2/token`,
      registration_endpoint,
      response_types_supported: ['code'],
    };
    const client = await registerClient(host.url, { metadata, clientMetadata: body });
    expect(client.redirect_uris).toEqual(body.redirect_uris);
    // Once more without the schema of the SDK, which drops members that it does not know.
    const answer = await host.register(body);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject(body);
    expect('client_secret' in answer.body).toBe(body['token_endpoint_auth_method'] !== 'none');
  });

  it('@ory/hydra-client creates, reads, replaces and removes', async () => {
    const api = (token: string): OidcApi =>
      new OidcApi(
        new Configuration({ basePath: host.url, baseOptions: { headers: { Authorization: `Bearer ${token}` } } }),
      );
    const sent: OAuth2Client = { redirect_uris: [CALLBACK], client_name: 'Orders' };
    const created = await api('').createOidcDynamicClient({ oAuth2Client: sent });
    expect(created.status).toBe(201);
    const { client_id: id = '', registration_access_token: token = '' } = created.data;
    const read = await api(token).getOidcDynamicClient({ id });
    expect(read.data).toMatchObject({ ...sent, client_id: id });
    const changed = { ...read.data, client_name: 'Orders 2' };
    const set = await api(token).setOidcDynamicClient({ id, oAuth2Client: changed });
    expect(set.data).toMatchObject({ client_id: id, client_name: 'Orders 2' });
    const { registration_access_token: next = '' } = set.data;
    expect(next).not.toBe(token);
    await expect(api(token).getOidcDynamicClient({ id })).rejects.toMatchObject({ response: { status: 401 } });
    expect((await api(next).deleteOidcDynamicClient({ id })).status).toBe(204);
    await expect(api(next).getOidcDynamicClient({ id })).rejects.toMatchObject({ response: { status: 401 } });
  });
});
