import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { clientRegistrySchema, ClientsModule } from '../../src/index.js';
import { POSTGRES } from '../support/databases.js';
import { startHost, type RunningHost } from '../support/host.js';
import { getClient, postClient, type Answer } from '../support/http.js';
import { startPgbouncer } from '../support/pgbouncer.mjs';

const CREATES = 60;
/** Two registries in one database: one has a prefix, the other a schema of its own. */
const REGISTRIES = [
  { name: 'live', schema: clientRegistrySchema({ tablePrefix: 'live_' }), table: 'live_oauth2_client' },
  { name: 'sandbox', schema: clientRegistrySchema({ schema: 'sandbox' }), table: 'sandbox.oauth2_client' },
];

/** Starts a host with one of the registries. */
function start(url: string, { name, schema }: (typeof REGISTRIES)[number]): Promise<RunningHost> {
  const options = { type: 'postgres', url, ...schema, migrationsTableName: `${name}_migrations`, poolSize: 4 } as const;
  return startHost('Express', {
    imports: [
      TypeOrmModule.forRoot({ ...options, migrationsRun: true, retryAttempts: 0 }),
      ClientsModule.forRoot({ secrets: { bcryptCost: 4 } }),
    ],
  });
}

/** Creates and reads clients of all hosts at the same time; the status of each answer, and the ids of what was created. */
async function storm(hosts: readonly RunningHost[]): Promise<{ answers: Answer[]; created: string[][] }> {
  const answers: Answer[] = [];
  const created = await Promise.all(
    hosts.map(async ({ url }, which) => {
      const ids = Array.from({ length: CREATES }, (_, at) => `${REGISTRIES[which]?.name}-${at}`);
      const done = await Promise.all(
        ids.map(async (id) => {
          const answer = await postClient(url, { client_id: id, owner: 'team' });
          answers.push(answer);
          const read = await getClient(url, id);
          if (answer.status === 201) answers.push(read);
          return answer.status === 201 ? [id] : [];
        }),
      );
      return done.flat();
    }),
  );
  return { answers, created };
}

/** The ids that a registry's table holds. */
async function idsIn(host: RunningHost, table: string): Promise<string[]> {
  const rows = await host.app.get(DataSource).query<{ id: string }[]>(`SELECT id FROM ${table}`);
  return rows.map(({ id }) => id);
}

describe('two registries behind a PgBouncer that passes sessions around', () => {
  it.each([
    // A statement that another session has prepared fails at worst.
    { url: 'as it is', parameters: '', refused: [503] },
    { url: 'with prepare=false', parameters: '?prepare=false', refused: [] },
  ])('with a URL $url write nothing into each other’s tables', async ({ parameters, refused }) => {
    await using database = await POSTGRES.open();
    const pgbouncer = await startPgbouncer(`${process.env['TEST_POSTGRES_URL']}`, {
      settings: { default_pool_size: '2' },
    });
    const url = pgbouncer.url + new URL(database.url).pathname.slice(1) + parameters;
    const hosts: RunningHost[] = [];
    try {
      for (const registry of REGISTRIES) hosts.push(await start(url, registry));
      const { answers, created } = await storm(hosts);
      const failures = answers.filter(({ status }) => status > 201);
      expect(new Set(failures.map(({ status }) => status))).toEqual(new Set(refused));
      for (const failure of failures) expect(failure.body['error']).toBe('temporarily_unavailable');
      for (const [which, { name, table }] of REGISTRIES.entries()) {
        const ids = await idsIn(hosts[which] as RunningHost, table);
        expect(ids).toEqual(expect.arrayContaining(created[which] ?? []));
        expect(ids.filter((id) => !id.startsWith(name))).toEqual([]);
      }
    } finally {
      for (const host of hosts) await host.close();
      await pgbouncer.stop();
    }
  });
});
