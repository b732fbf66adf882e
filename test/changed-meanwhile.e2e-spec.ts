import { describe, expect, it, jest } from '@jest/globals';
import { Module } from '@nestjs/common';
import { ClientAuthenticator, ClientStateService, SecretsService } from '../src/index.js';
import { PreparedDatabase } from '../src/database/sql/prepared-database.js';
import { BcryptHasher } from '../src/secrets/secret-hasher.js';
import { CertificateVerifier } from '../src/authentication/mtls/certificate-verifier.js';
import { assertionOf, ISSUER } from './support/assertions.js';
import { newAuthority } from './support/certificates.js';
import { DATABASES, POSTGRES, SQLITE } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { post, request } from './support/http.js';
import { startInProcess, type InProcess } from './support/in-process.js';
import { startProcess } from './support/process.js';
import { startOutside } from './support/tls.js';
import { keyFor, published } from './support/tokens.js';
import { use } from './support/use.js';

const HASHER = Symbol('hasher');
const CHOSEN = 'chosen by hand';
const basic = (id: string, secret: string) =>
  `Basic ${btoa(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`)}`;

/** Something that waits while a test holds it. */
class Gate {
  private opened = Promise.resolve();
  /** How many have come to it. */
  arrived = 0;
  open = (): void => undefined;

  close(): void {
    this.arrived = 0;
    this.opened = new Promise((resolve) => {
      this.open = resolve;
    });
  }

  pass(): Promise<void> {
    this.arrived += 1;
    return this.opened;
  }
}

const gate = new Gate();

/** bcrypt that a test can hold. */
class HeldHasher extends BcryptHasher {
  override async matches(secret: string, stored: string): Promise<boolean> {
    await gate.pass();
    return super.matches(secret, stored);
  }
}

@Module({ providers: [{ provide: HASHER, useFactory: () => new HeldHasher(4) }], exports: [HASHER] })
class HasherModule {}

/** What `work` returns when `change` is acknowledged while it waits at the gate. */
async function changedDuring<T>(work: () => Promise<T>, change: () => Promise<unknown>): Promise<T> {
  gate.close();
  const working = work();
  await eventually(() => gate.arrived > 0);
  await change();
  gate.open();
  return working;
}

describe.each(DATABASES)('a client that changes while its secret is compared, on $database,', ({ open }) => {
  const host = use(async (keep) =>
    keep(startInProcess(await keep(open()), { imports: [HasherModule], secretHasher: HASHER })),
  );
  const state = () => host.context.get(ClientStateService, { strict: false });
  const actor = { type: 'host', id: 'host', name: 'host', owner: 'team-a' } as const;
  const authenticate = (id: string) =>
    host.context
      .get(ClientAuthenticator, { strict: false })
      .authenticate({ authorization: basic(id, CHOSEN) }, { actor })
      .then(
        ({ client }) => client.client_name,
        ({ code }: { code: string }) => code,
      );
  const created = async () =>
    (await host.clients.create({ client_name: 'Orders', owner: 'team-a', client_secret: CHOSEN })).id;
  const patch = (id: string, members: object) => host.clients.patch(id, members, 'application/merge-patch+json');

  it.each<[what: string, change: (id: string, here: InProcess) => Promise<unknown>, outcome: string]>([
    ['suspended', (id) => state().suspend(id), 'invalid_client'],
    ['removed', (id, { clients }) => clients.remove(id), 'invalid_client'],
    [
      'removed and made anew with this secret',
      async (id, { clients }) => {
        await clients.remove(id);
        await clients.create({
          client_id: id,
          owner: 'team-a',
          client_secret_hash: await new BcryptHasher(4).hash(CHOSEN),
        });
      },
      'invalid_client',
    ],
    [
      'robbed of this secret',
      async (id, { clientSecrets }) => {
        await clientSecrets.rotate(id);
        await clientSecrets.forgetOlder(id);
      },
      'invalid_client',
    ],
    ['given another method', (id) => patch(id, { token_endpoint_auth_method: 'client_secret_post' }), 'invalid_client'],
    ['given to another owner', (id) => patch(id, { owner: 'team-b' }), 'invalid_client'],
    ['rotated, which leaves this secret valid', (id, { clientSecrets }) => clientSecrets.rotate(id), 'Orders'],
    ['renamed', (id) => patch(id, { client_name: 'New orders' }), 'New orders'],
  ])('is judged as it is when that ends: %s', async (_, change, outcome) => {
    const id = await created();
    expect(
      await changedDuring(
        () => authenticate(id),
        () => change(id, host),
      ),
    ).toBe(outcome);
  });

  it('is judged so by SecretsService, too', async () => {
    const [suspended, removed] = [await created(), await created()];
    const judge = (id: string) => host.context.get(SecretsService, { strict: false }).judge(id, CHOSEN);
    expect(
      await changedDuring(
        () => judge(suspended),
        () => state().suspend(suspended),
      ),
    ).toBe('suspended');
    expect(
      await changedDuring(
        () => judge(removed),
        () => host.clients.remove(removed),
      ),
    ).toBe('wrong');
  });
});

// SQLite has no such read: it begins and ends within one turn of the event loop, and no suspension comes between.
describe('an authentication that begins after a suspension, on PostgreSQL,', () => {
  const host = use(async (keep) => keep(startInProcess(await keep(POSTGRES.open()))));

  it('is handed no read that began before', async () => {
    const { id, client } = await host.clients.create({});
    const authenticate = () =>
      host.context
        .get(ClientAuthenticator, { strict: false })
        .authenticate({ authorization: basic(id, String(client.client_secret)) })
        .then(
          () => 'authenticated',
          ({ code }: { code: string }) => code,
        );
    const database = host.context.get(PreparedDatabase, { strict: false });
    const read = database.rows.bind(database) as (query: Parameters<typeof database.rows>[0]) => Promise<object[]>;
    gate.close();
    // The database has answered, and the answer is on its way.
    const held = jest.spyOn(database, 'rows').mockImplementationOnce(async (query) => {
      const rows = await read(query);
      await gate.pass();
      return rows;
    });
    const before = authenticate();
    await eventually(() => gate.arrived > 0);
    await host.context.get(ClientStateService, { strict: false }).suspend(id);
    expect(await authenticate()).toBe('invalid_client');
    gate.open();
    // Nothing of it was to wait for: it was decided before the suspension.
    expect(await before).toBe('authenticated');
    held.mockRestore();
  });
});

describe('a client that changes while its keys are fetched', () => {
  const key = keyFor('ES256');
  const host = use(async (keep) => {
    const outside = await keep(
      startOutside((_, response) => {
        void gate.pass().then(() => response.end(JSON.stringify({ keys: [published(key)] })));
      }),
    );
    const jwks = `https://localhost:${outside.port}`;
    const outbound = { certificateAuthorities: outside.certificate, allowedHosts: [`localhost:${outside.port}`] };
    const options = { authentication: { assertions: { issuers: [ISSUER], outbound } } };
    return { ...(await keep(startInProcess(await keep(SQLITE.open()), options))), jwks };
  });

  it.each<[what: string, change: (id: string) => Promise<unknown>, outcome: string]>([
    ['suspended', (id) => host.context.get(ClientStateService, { strict: false }).suspend(id), 'invalid_client'],
    [
      'given other keys',
      (id) => host.clients.patch(id, { jwks_uri: `${host.jwks}/other` }, 'application/merge-patch+json'),
      'invalid_client',
    ],
    [
      'renamed',
      (id) => host.clients.patch(id, { client_name: 'New orders' }, 'application/merge-patch+json'),
      'New orders',
    ],
  ])('is judged as it is when that ends: %s', async (what, change, outcome) => {
    const { id } = await host.clients.create({
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: `${host.jwks}/${encodeURIComponent(what)}`,
    });
    const authenticator = host.context.get(ClientAuthenticator, { strict: false });
    const form = {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertionOf(id, key),
    };
    const authenticate = () =>
      authenticator.authenticate({ form }).then(
        ({ client }) => client.client_name,
        ({ code }: { code: string }) => code,
      );
    expect(await changedDuring(authenticate, () => change(id))).toBe(outcome);
  });
});

describe('a client that changes while its certificate is verified', () => {
  const names = [{ type: 'dns' as const, value: 'orders.example.com' }];
  const host = use(async (keep) => {
    const authority = await newAuthority();
    const options = { authentication: { certificates: { authorities: authority.cert } } };
    const started = await keep(startInProcess(await keep(SQLITE.open()), options));
    const verifier = started.context.get(CertificateVerifier, { strict: false });
    const verify = verifier.verify.bind(verifier);
    jest.spyOn(verifier, 'verify').mockImplementation(async (...given) => {
      const proven = await verify(...given);
      await gate.pass();
      return proven;
    });
    return { ...started, certificate: (await authority.issue({ names })).cert };
  });
  const patch = (id: string, members: object) => host.clients.patch(id, members, 'application/merge-patch+json');

  it.each<[what: string, change: (id: string) => Promise<unknown>, outcome: string]>([
    ['suspended', (id) => host.context.get(ClientStateService, { strict: false }).suspend(id), 'invalid_client'],
    ['given another name', (id) => patch(id, { tls_client_auth_san_dns: 'other.example.com' }), 'invalid_client'],
    ['renamed', (id) => patch(id, { client_name: 'New orders' }), 'New orders'],
  ])('is judged as it is when that ends: %s', async (_, change, outcome) => {
    const { id } = await host.clients.create({
      token_endpoint_auth_method: 'tls_client_auth',
      tls_client_auth_san_dns: names[0]?.value,
    });
    const authenticate = () =>
      host.context
        .get(ClientAuthenticator, { strict: false })
        .authenticate({ form: { client_id: id }, certificate: host.certificate })
        .then(
          ({ client }) => client.client_name,
          ({ code }: { code: string }) => code,
        );
    expect(await changedDuring(authenticate, () => change(id))).toBe(outcome);
  });
});

describe.each(DATABASES)('a client that another process suspends, on $database,', ({ open }) => {
  const here = use(async (keep) => {
    const { url } = await keep(open());
    const start = () => keep(startProcess({ DATABASE_URL: url, DATABASE_MIGRATE: 'true' }));
    return { asked: (await start()).url, other: (await start()).url };
  });

  it.each([
    ['generated', {}],
    ['chosen', { client_secret: CHOSEN }],
  ])('is not authenticated by a %s secret from the acknowledgement on', async (_, body) => {
    const { body: client } = await post(`${here.asked}/admin/clients`, body);
    const authorization = basic(String(client['client_id']), String(client['client_secret']));
    const suspension = `${here.other}/admin/clients/${String(client['client_id'])}/suspension`;
    const authenticate = async () => (await post(`${here.asked}/admin/clients/authenticate`, { authorization })).status;
    for (let round = 0; round < 5; round += 1) {
      let isAcknowledged = false;
      const afterwards: number[] = [];
      const before: number[] = [];
      const asking = async () => {
        while (afterwards.length < 40) {
          const statuses = isAcknowledged ? afterwards : before;
          statuses.push(await authenticate());
        }
      };
      const all = Array.from({ length: 8 }, asking);
      await eventually(() => before.includes(200));
      expect((await request(suspension, { method: 'PUT', body: {} })).status).toBe(200);
      isAcknowledged = true;
      await Promise.all(all);
      expect(new Set(afterwards)).toEqual(new Set([401]));
      expect((await request(suspension, { method: 'DELETE' })).status).toBe(200);
      expect(await authenticate()).toBe(200);
    }
  });
});
