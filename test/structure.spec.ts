import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { getMetadataStorage, validateSync } from 'class-validator';
import { readdirSync, readFileSync } from 'node:fs';
import { Config } from '../src/standalone/config/config.js';
import { ClientMetadata } from '../src/clients/metadata/client-metadata.js';
import { TokenLifespans } from '../src/clients/metadata/members/token-lifespans.js';
import { faultsOf, fieldsOf } from '../src/fields/field.js';
import { ClientInput, ClientView } from '../src/clients/metadata/client.dto.js';
import { Client } from '../src/index.js';

const root = new URL('..', import.meta.url);

describe('every member of a client', () => {
  it('that a caller may set has a field: a validator, a schema entry and a place in the document', () => {
    const initialised = Object.keys(new ClientInput()).toSorted();
    const fields = fieldsOf(ClientInput).map(({ name }) => name);
    expect(fields.toSorted()).toEqual(initialised);
    expect(fields).toHaveLength(83);
    expect(fieldsOf(TokenLifespans)).toHaveLength(13);
    const validated = getMetadataStorage().getTargetValidationMetadatas(ClientInput, '', false, false);
    expect([...new Set(validated.map(({ propertyName }) => propertyName))].toSorted()).toEqual(initialised);
    const described = Reflect.getMetadata('swagger/apiModelPropertiesArray', ClientView.prototype) as string[];
    expect(described).toEqual(expect.arrayContaining(initialised.map((name) => `:${name}`)));
    expect(described).toHaveLength(89);
  });

  it('is checked alike by the registry and by a host that validates a DTO with class-validator', () => {
    const values = [5, -1, true, null, '1h', 'x', 'https://app.example.com', [], ['x'], [5], {}, { keys: [5] }];
    for (const field of fieldsOf(ClientInput))
      for (const value of values) {
        const input = Object.assign(new ClientInput(), { [field.name]: value });
        const failed = validateSync(input).map(({ property }) => property);
        expect([field.name, value, failed]).toEqual([
          field.name,
          value,
          faultsOf(field, value).length > 0 ? [field.name] : [],
        ]);
      }
  });

  it('comes out of the document as it went in', () => {
    const filled = new ClientMetadata();
    for (const { name } of fieldsOf(ClientMetadata)) {
      const empty = filled[name as keyof ClientMetadata];
      const value =
        typeof empty === 'string' || name.endsWith('_lifespan')
          ? '1h'
          : typeof empty === 'number'
            ? 1
            : Array.isArray(empty)
              ? ['x']
              : typeof empty === 'object' && empty
                ? { a: 1 }
                : true;
      Object.assign(filled, { [name]: value });
    }
    const client = Object.assign(new Client(), { id: 'x', createdAt: 'then', updatedAt: 'now' });
    client.render(filled);
    const plain = () => JSON.parse(JSON.stringify(client.readMetadata())) as object;
    expect(plain()).toEqual({ ...filled });
    expect(Object.keys(JSON.parse(client.document) as object)).toHaveLength(88 - 5);
    client.render(new ClientMetadata());
    expect(plain()).toEqual({ ...new ClientMetadata() });
  });
});

describe('the source', () => {
  const files = readdirSync(new URL('src/', root), { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.c?ts$/.test(name),
  );
  const read = (name: string) => readFileSync(new URL(`src/${name}`, root), 'utf8');

  it('reads the environment in one place', () => {
    const readers = files.filter((name) => read(name).includes('process.env'));
    expect(readers.toSorted()).toEqual(['standalone/config/environment.ts']);
  });

  /** The rooms from the ground up: a file imports from its own room and from those before it. */
  const rooms = [
    'concurrency',
    'packages',
    'telemetry',
    'oauth-error',
    'database/sql',
    'database/postgres/url',
    'database/postgres',
    'database/sqlite',
    'database',
    'json',
    'jwt',
    'http/query',
    'http/outbound',
    'http',
    'fields',
    'secrets/generated',
    'secrets/imported',
    'secrets',
    'access/refusals',
    'access',
    'access/jwt',
    'access/mtls',
    'journal/table',
    'journal/chain',
    'journal/reading',
    'webhooks/table',
    'journal/retention',
    'clients/metadata/values',
    'clients/metadata/names',
    'clients/metadata/members',
    'clients/metadata/origin',
    'clients/metadata',
    'clients/metadata/standard',
    'clients/tokens',
    'clients/uses',
    'clients/store',
    'clients/list',
    'clients/writing',
    'clients/tombstones',
    'clients/history',
    'clients/lifespans',
    'clients/activity',
    'authentication/keys',
    'authentication/mtls',
    'authentication/assertion',
    'authentication',
    'clients/openapi',
    'clients/tokens/issuing',
    'clients',
    'clients/mount',
    'keys',
    'registration/policy',
    'registration/statements',
    'registration/offer',
    'registration/sweeping',
    'registration/limits',
    'registration/tokens',
    'registration/reuse',
    'expiry',
    'registration',
    'webhooks/signing',
    'webhooks/notices',
    'webhooks/delivery',
    'webhooks',
    'schema/migrations',
    'schema/migrations/webhooks',
    'schema/registration',
    'schema',
    'oidc-provider/store',
    'oidc-provider',
    'testing',
    'standalone/config/values',
    'standalone/config',
    'standalone/access',
    'standalone/observability',
    'standalone/listener',
    'standalone/health',
    'standalone/metrics',
    'standalone/docs',
    'standalone',
    'cli/output',
    'cli/input',
    'cli/registry',
    'cli/registry/webhooks',
    'cli/commands/clients',
    'cli/commands',
    'cli',
  ];

  /** The room of a file; '' for files directly in `src`. */
  function roomOf(name: string): string {
    const folder = name.slice(0, Math.max(0, name.lastIndexOf('/')));
    const around = rooms.filter((room) => folder === room || folder.startsWith(`${room}/`));
    return around.toSorted((one, other) => other.length - one.length)[0] ?? folder;
  }

  /** The place of a file in the list: a module is the roof of its room and of the rooms within; faces are above all. */
  function floorOf(name: string): number {
    const room = roomOf(name);
    if (room === '') return rooms.length;
    expect(rooms).toContain(room);
    if (!name.endsWith('.module.ts')) return rooms.indexOf(room);
    return rooms.findLastIndex((other) => other === room || other.startsWith(`${room}/`)) + 0.5;
  }

  /** The files of `src` that a file imports, types included. */
  function importsOf(name: string): string[] {
    return [...read(name).matchAll(/(?:from |import |import\()'(\.[^']+)'/g)].map(([, path = '']) =>
      new URL(path, `file:///${name}`).pathname.slice(1).replace(/js$/, 'ts'),
    );
  }

  it('says nothing in what hosts import that only ES modules can say', () => {
    const exported = new Set([
      'index.ts',
      'migrations.ts',
      'express.ts',
      'testing.ts',
      'webhooks.ts',
      'oidc-provider.ts',
    ]);
    // A set that grows while it is walked is walked to its end.
    for (const name of exported) for (const other of importsOf(name)) exported.add(other);
    expect(exported.size).toBeGreaterThan(100);
    expect([...exported].filter((name) => read(name).includes('import.meta'))).toEqual([]);
  });

  it('has imports that run towards the ground', () => {
    const wrong = files.flatMap((name) =>
      importsOf(name)
        .filter((other) => roomOf(other) !== roomOf(name) && floorOf(other) > floorOf(name))
        .map((other) => `${name} → ${other}`),
    );
    expect(wrong).toEqual([]);
  });

  it('has the rooms of the list, none empty and none with more than 14 files', () => {
    const sizes = new Map<string, number>();
    for (const name of files) sizes.set(roomOf(name), (sizes.get(roomOf(name)) ?? 0) + 1);
    expect(rooms.filter((room) => !sizes.has(room))).toEqual([]);
    expect([...sizes].filter(([, size]) => size > 14)).toEqual([]);
  });

  it('shows the rooms and their charters in README and in docs/architecture.md', () => {
    const text = (name: string) => readFileSync(new URL(name, root), 'utf8');
    const charters = [...text('docs/architecture.md').matchAll(/^\| `([\w/-]+)\/` +\| (.+?) +\|$/gm)];
    expect(charters.map(([, room]) => room)).toEqual(rooms);
    const shown = [...text('README.md').matchAll(/^src\/([\w/-]+)\/ +(.+)$/gm)];
    expect(shown.map(([, room, charter]) => [room, charter])).toEqual(
      charters.map(([, room, charter]) => [room, charter]),
    );
  });

  it('has faces that only re-export; main alone starts something', () => {
    const faces = files.filter((name) => roomOf(name) === '');
    expect(faces.toSorted()).toEqual([
      'express.ts',
      'index.ts',
      'main.ts',
      'migrations.ts',
      'oidc-provider.ts',
      'testing.ts',
      'webhooks.ts',
    ]);
    for (const name of faces.filter((face) => face !== 'main.ts')) {
      const code = read(name).replaceAll(/\/\*.*?\*\//gs, '');
      expect([name, code.replaceAll(/export (type )?(\*|\{[^}]*\}) from '[^']+';/g, '').trim()]).toEqual([name, '']);
    }
  });

  it('has no rooms that import each other', () => {
    const room = (name: string) => (name.endsWith('.module.ts') ? name : roomOf(name));
    const pairs = files.flatMap((name) => importsOf(name).map((other) => `${room(name)} → ${room(other)}`));
    const others = new Set(pairs.filter((pair) => new Set(pair.split(' → ')).size === 2));
    const mutual = [...others].filter((pair) => others.has(pair.split(' → ').toReversed().join(' → ')));
    expect(mutual).toEqual([]);
  });

  it('is bound to Express nowhere but in the standalone service', () => {
    const bound = files.filter((name) => /from '(express|@nestjs\/platform-express)'/.test(read(name)));
    expect(bound.toSorted()).toEqual([
      'http/plain-express.adapter.ts',
      'standalone/app.setup.ts',
      'standalone/app.start.ts',
      'standalone/docs/docs-pages.ts',
      'standalone/docs/page-headers.ts',
      'standalone/listener/admission.ts',
      'standalone/listener/service.adapter.ts',
      'standalone/openapi.ts',
    ]);
  });
});

describe('README', () => {
  it('has the variables of the configuration with their defaults', () => {
    const text = readFileSync(new URL('README.md', root), 'utf8');
    const documented = [...text.matchAll(/^\| `([A-Z\d_]+)` +\| (.+?) +\|/gm)].map(([, name, value]) => [
      name,
      value?.replaceAll('`', ''),
    ]);
    const declared = Object.entries(new Config()).map(([name, value]: [string, unknown]) => [
      name,
      Array.isArray(value) || [undefined, ''].includes(value as string) ? 'unset' : String(value),
    ]);
    expect(documented).toEqual(declared);
  });
});
