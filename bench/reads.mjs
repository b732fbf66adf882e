import 'reflect-metadata';
import { createHash, timingSafeEqual } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import pg from 'pg';
import { DATABASES } from './databases.mjs';
import { alternate, median } from './load.mjs';
import { BODY } from './scenarios.mjs';

const CLIENTS = 300;
/** Numbers of callers that read at the same time. */
const CROWDS = [16, 64];
const FIND = 'SELECT version, shape, tag, document FROM oauth2_client WHERE id = $1';
const VALID =
  'SELECT id, hash, last_used_at FROM oauth2_client_secret WHERE client_id = $1 AND (expires_at = 0 OR expires_at > $2) ORDER BY client_version DESC';

/** A host without a listener: the registry's module on a pool of ten connections. */
async function openHost(url) {
  const { ClientsModule, ClientsService, SecretsService } = await import('../dist/index.js');
  const { dataSourceOptions } = await import('../dist/schema/data-source-options.js');
  class Host {}
  Module({
    imports: [TypeOrmModule.forRoot({ ...dataSourceOptions(url, true), poolSize: 10 }), ClientsModule.forRoot({})],
  })(Host);
  const context = await NestFactory.createApplicationContext(Host, { logger: ['warn', 'error'] });
  return { clients: context.get(ClientsService), secrets: context.get(SecretsService), close: () => context.close() };
}

/** The same reads by the driver alone, one prepared statement each, on as many connections. */
function openRaw(url) {
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  // The server ends before the last connections have closed.
  pool.on('error', () => undefined);
  return {
    get: async (id) => (await pool.query({ name: 'find', text: FIND, values: [id] })).rows[0],
    verify: async (id, presented) => {
      const values = [id, Math.floor(Date.now() / 1000)];
      const { rows } = await pool.query({ name: 'valid', text: VALID, values });
      return rows.some(({ hash }) => {
        const [, , salt, digest] = hash.split('$');
        const actual = createHash('sha256').update(Buffer.from(salt, 'base64url')).update(presented).digest();
        return timingSafeEqual(actual, Buffer.from(digest, 'base64url'));
      });
    },
    close: () => pool.end(),
  };
}

/** Lets callers ask again and again for some seconds. */
async function crowd(callers, seconds, ask) {
  const end = performance.now() + seconds * 1000;
  const times = [];
  const caller = async () => {
    while (performance.now() < end) {
      const start = performance.now();
      await ask();
      times.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const p99 = times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)];
  return { rate: times.length / seconds, p50: median(times), p99 };
}

async function compare(url, { rounds, seconds, print }) {
  const host = await openHost(url);
  const known = [];
  for (let number = 0; number < CLIENTS; number += 1) known.push((await host.clients.create(BODY)).client);
  const anyOne = () => known[Math.floor(Math.random() * known.length)];
  const raw = openRaw(url);
  const verified = async (answer) => {
    if (!(await answer)) throw new Error('A secret was not verified.');
  };
  const kinds = {
    'get in process': {
      service: () => host.clients.get(anyOne().client_id),
      driver: () => raw.get(anyOne().client_id),
    },
    'verify in process': Object.fromEntries(
      Object.entries({ service: host.secrets, driver: raw }).map(([name, judge]) => [
        name,
        () => {
          const { client_id: id, client_secret: secret } = anyOne();
          return verified(judge.verify(id, secret));
        },
      ]),
    ),
  };
  const results = {};
  for (const [kind, asks] of Object.entries(kinds))
    for (const callers of CROWDS) {
      const contestants = Object.fromEntries(
        Object.entries(asks).map(([name, ask]) => [name, () => crowd(callers, seconds, ask)]),
      );
      for (const warmUp of Object.values(contestants)) await warmUp();
      const name = `${kind} by ${callers}`;
      results[name] = await alternate(contestants, rounds);
      print('PostgreSQL', name, results[name]);
    }
  await raw.close();
  await host.close();
  return results;
}

/** Measures reads through the services of the module against the driver alone, on PostgreSQL. */
export async function reads(options) {
  const database = await DATABASES.postgres();
  try {
    return await compare(database.url, options);
  } finally {
    await database.stop();
  }
}
