import { beforeEach, describe, expect, it } from '@jest/globals';
import { Module, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  ClientAuthenticator,
  ClientSecretsService,
  ClientsModule,
  ClientsService,
  type SecretHasher,
} from '../src/index.js';
import { BcryptHasher } from '../src/secrets/secret-hasher.js';
import { dataSourceOptions } from '../src/schema/data-source-options.js';
import { use } from './support/use.js';

const CHOSEN = 'chosen by hand';
const HASHER = Symbol('hasher');
/** bcrypt, and how many comparisons it made. */
class CountingHasher extends BcryptHasher implements SecretHasher {
  compared = 0;

  override matches(secret: string, stored: string): Promise<boolean> {
    this.compared += 1;
    return super.matches(secret, stored);
  }
}
const hasher = new CountingHasher(4);

@Module({ providers: [{ provide: HASHER, useValue: hasher }], exports: [HASHER] })
class HasherModule {}

describe('a chosen secret', () => {
  const host = use(async (keep) => {
    const module = await Test.createTestingModule({
      imports: [
        TypeOrmModule.forRoot({ ...dataSourceOptions('sqlite::memory:', true), retryAttempts: 0 }),
        ClientsModule.forRoot({ imports: [HasherModule], secretHasher: HASHER }),
      ],
    }).compile();
    await module.init();
    await keep(Promise.resolve({ [Symbol.asyncDispose]: () => module.close() }));
    const get = <T>(token: Type<T>): T => module.get(token, { strict: false });
    return {
      authenticator: get(ClientAuthenticator),
      clients: get(ClientsService),
      secrets: get(ClientSecretsService),
    };
  });
  const attempt = (id: string, secret: string) =>
    host.authenticator
      .authenticate({ authorization: `Basic ${Buffer.from(`${id}:${encodeURIComponent(secret)}`).toString('base64')}` })
      .then(
        () => true,
        () => false,
      );
  let id: string;

  beforeEach(async () => {
    ({ id } = await host.clients.create({ client_secret: CHOSEN }));
    hasher.compared = 0;
  });

  it('is compared slowly once, however often it is presented, one after the other or at one time', async () => {
    expect(await Promise.all(Array.from({ length: 64 }, () => attempt(id, CHOSEN)))).not.toContain(false);
    for (let time = 0; time < 5; time += 1) expect(await attempt(id, CHOSEN)).toBe(true);
    expect(hasher.compared).toBe(1);
  });

  it('is compared slowly each time when it is wrong, for unknown clients, too', async () => {
    expect(await attempt(id, CHOSEN)).toBe(true);
    for (const client of [id, 'unknown']) {
      hasher.compared = 0;
      for (let time = 0; time < 3; time += 1) expect(await attempt(client, 'wrong secret')).toBe(false);
      expect([client, hasher.compared >= 3]).toEqual([client, true]);
    }
  });

  it('of one client is not remembered for another', async () => {
    const other = (await host.clients.create({ client_secret: 'another one' })).id;
    expect([await attempt(id, CHOSEN), await attempt(other, CHOSEN)]).toEqual([true, false]);
  });

  it('is forgotten when it is revoked, and compared anew when it is set again', async () => {
    expect(await attempt(id, CHOSEN)).toBe(true);
    await host.secrets.revoke(id, 'oldest', { force: true });
    expect(await attempt(id, CHOSEN)).toBe(false);
    await host.secrets.add(id, { client_secret: CHOSEN });
    hasher.compared = 0;
    expect([await attempt(id, CHOSEN), hasher.compared]).toEqual([true, 1]);
  });
});
