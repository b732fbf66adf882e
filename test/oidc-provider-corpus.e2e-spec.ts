import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Configuration } from 'oidc-provider';
import { OAuthError } from '../src/index.js';
import { registeredClient } from '../src/oidc-provider.js';
import { SQLITE } from './support/databases.js';
import { startInProcess } from './support/in-process.js';
import { keptLog } from './support/log.js';
import { basic, CLIENT_REFUSED, startProvider } from './support/provider.js';
import { use } from './support/use.js';

const CASES = new URL('conformance/cases/', import.meta.url);
/** A provider that can do what clients of the registry may register. */
const CAPABLE: Configuration = {
  features: {
    backchannelLogout: { enabled: true },
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    jwtUserinfo: { enabled: true },
    mTLS: { enabled: true },
    requestObjects: { enabled: true },
    rpInitiatedLogout: { enabled: true },
  },
  responseTypes: ['code', 'id_token', 'code id_token', 'id_token token', 'code token', 'code id_token token', 'none'],
  subjectTypes: ['public', 'pairwise'],
  pairwiseIdentifier: (_, account) => account,
};

interface Case {
  id: string;
  steps: { call: string; json?: unknown }[];
}

/** The bodies of the conformance corpus by which clients are created, replaced or registered, with the cases that they are from. */
function bodies(): (readonly [from: string, body: object])[] {
  const cases = readdirSync(CASES).flatMap((name) => JSON.parse(readFileSync(new URL(name, CASES), 'utf8')) as Case[]);
  return cases.flatMap(({ id, steps }) =>
    steps.flatMap(({ call, json }) => {
      if (!/^(POST|PUT) \/(admin\/clients|oauth2\/register)/.test(call) || typeof json !== 'object') return [];
      const filled = JSON.stringify(json).replaceAll(/\{\{repeat:(.+?):(\d+)\}\}/g, (_, part: string, times: string) =>
        part.repeat(Number(times)),
      );
      return [[id, JSON.parse(filled) as object] as const];
    }),
  );
}

describe('clients of the registry at a provider', () => {
  const here = use(async (keep) => {
    const registry = await keep(startInProcess(await keep(SQLITE.open())));
    const { logger, text } = keptLog();
    const server = await keep(startProvider(registry.context, CAPABLE));
    return { ...registry, logger, text, server };
  });

  it('are taken, every one of the conformance corpus that is valid here', async () => {
    const taken: string[] = [];
    const refused: string[] = [];
    for (const [at, [from, body]] of bodies().entries()) {
      const answer = await here.clients.create({ ...body, client_id: `client-${at}` }).catch((error: unknown) => {
        if (!(error instanceof OAuthError)) throw error;
      });
      if (answer) ((await here.server.provider.Client.find(answer.id)) ? taken : refused).push(from);
    }
    expect(refused).toEqual([]);
    expect(taken.length).toBeGreaterThan(250);
  });

  it('have the grants and response types that both sides know', async () => {
    await here.clients.create({
      client_id: 'hybrid',
      redirect_uris: ['https://app.example.com/cb'],
      grant_types: ['authorization_code', 'refresh_token', 'password', 'urn:example:of-another-server'],
      response_types: ['code', 'token', 'of another server'],
      contacts: ['the team next door'],
      audience: ['orders'],
      metadata: { team: 'orders' },
    });
    const client = await here.server.provider.Client.find('hybrid');
    expect(client).toMatchObject({ grantTypes: ['authorization_code', 'refresh_token'], responseTypes: ['code'] });
    expect(client?.contacts).toBeUndefined();
    expect(registeredClient(client ?? {})).toMatchObject({ audience: ['orders'], metadata: { team: 'orders' } });
  });

  it('are native when they answer to a scheme of their own', async () => {
    const uris = { web: ['http://127.0.0.1/cb', 'https://app.example.com/cb'], native: ['com.example.app:/cb'] };
    for (const [client_id, redirect_uris] of Object.entries(uris)) {
      await here.clients.create({ client_id, redirect_uris });
      expect(await here.server.provider.Client.find(client_id)).toMatchObject({ applicationType: client_id });
    }
  });

  it('are native when they say so, and tell what they want of tokens and requests', async () => {
    const redirect_uris = ['http://127.0.0.1/cb'];
    const wanted = {
      default_max_age: 0,
      require_auth_time: true,
      initiate_login_uri: 'https://app.example.com/login',
      id_token_signed_response_alg: 'RS256',
      require_signed_request_object: true,
    };
    await here.clients.create({ client_id: 'wanting', application_type: 'native', redirect_uris, ...wanted });
    const client = await here.server.provider.Client.find('wanting');
    expect(client?.metadata()).toMatchObject({ application_type: 'native', ...wanted });
    await here.clients.create({ client_id: 'plain', redirect_uris });
    expect((await here.server.provider.Client.find('plain'))?.metadata()).not.toHaveProperty('default_max_age');
  });

  it('are what they are now, whatever they were when they were asked for last', async () => {
    await here.clients.create({ client_id: 'changing', client_name: 'Before' });
    const name = async () => (await here.server.provider.Client.find('changing'))?.clientName;
    expect(await name()).toBe('Before');
    await here.clients.patch('changing', { client_name: 'After' }, 'application/merge-patch+json');
    expect(await name()).toBe('After');
    await here.clients.remove('changing');
    expect(await name()).toBeUndefined();
  });

  it.each([
    ['an id beyond ASCII', { client_id: 'café' }],
    [
      'implicit grants over http',
      {
        client_id: 'http',
        grant_types: ['implicit'],
        response_types: ['token id_token'],
        redirect_uris: ['http://app.example.com/cb'],
      },
    ],
    ['request objects that a secret signs', { client_id: 'hmac', request_object_signing_alg: 'HS256' }],
    ['ID tokens that a key signs which it lacks', { client_id: 'es512', id_token_signed_response_alg: 'ES512' }],
    ['the id of what every object inherits from', { client_id: '__proto__' }],
    ['the id of what every object inherits', { client_id: 'constructor' }],
  ] as [string, { client_id: string; grant_types?: string[] }][])(
    'are refused, with one line in the log, when the provider does not take them: %s',
    async (_, members) => {
      here.context.useLogger(here.logger);
      const grant_types = [...(members.grant_types ?? []), 'client_credentials'];
      const { client } = await here.clients.create({ ...members, grant_types });
      const authorization = basic(client.client_id, client.client_secret ?? '');
      for (const path of ['/token', '/token']) {
        const answer = await here.server.ask(path, {
          form: { grant_type: 'client_credentials' },
          headers: { authorization },
        });
        expect([answer.status, answer.body]).toEqual([401, CLIENT_REFUSED]);
      }
      const lines = here
        .text()
        .split('\n')
        .filter((line) => line.includes(JSON.stringify(client.client_id)));
      expect(lines).toEqual([expect.stringMatching(/is refused, for the provider does not take it: .+\.$/)]);
      here.context.useLogger(false);
      expect(here.server.failures).toEqual([]);
    },
  );
});
