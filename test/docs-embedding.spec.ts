import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { describe, expect, it, jest } from '@jest/globals';
import type { DynamicModule, Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { ClientsMount } from '../src/clients/mount/clients-mount.js';
import { dataSourceOptions } from '../src/schema/data-source-options.js';
import { clientRegistrySchema, ClientsModule, ClientsOptions } from '../src/index.js';
import { PinoLogger } from '../src/standalone/observability/pino-logger.js';

const page = readFileSync(new URL('../docs/embedding.md', import.meta.url), 'utf8');

/** Rows of the table that stands under a heading, cell by cell. */
function tableUnder(heading: string): string[][] {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const [text = ''] = section.split('\n## ');
  return [...text.matchAll(/^\| (`.*) \|$/gm)].map(([, row = '']) => row.split(' | ').map((cell) => cell.trim()));
}

/** Each option with its default as the page writes it; those of a group behind its name. */
function defaultsOf(options: object, path = ''): [string, string][] {
  return Object.entries(options).flatMap(([name, value]: [string, unknown]) => {
    if (value === undefined) return [[path + name, 'unset']];
    if (value === '') return [[path + name, 'empty']];
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return defaultsOf(value, `${path}${name}.`);
    return [[path + name, `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``]];
  });
}

function database(options: { entities?: []; migrations?: [] } = {}): DynamicModule {
  return TypeOrmModule.forRoot({ ...dataSourceOptions('sqlite::memory:', true), ...options, retryAttempts: 0 });
}

/** Starts an application that cannot start, and returns what it says. */
async function fault(imports: (DynamicModule | Type)[]): Promise<string> {
  const stop = Object.assign(new Error(), { message: 'it started' });
  const starting = async () => {
    const module = await Test.createTestingModule({ imports }).setLogger(new PinoLogger('silent')).compile();
    await module.init();
    throw stop;
  };
  return starting().catch((error: Error) => error.message);
}

/** A hash that is still at work when the tests are over would keep their process alive. */
const CHEAP = { secrets: { bcryptCost: 4 } };
const FAULTS: (() => string | Promise<string>)[] = [
  () => fault([database(), ClientsModule]),
  () => linked(),
  () => fault([ClientsModule.forRoot(CHEAP)]),
  () => fault([database({ entities: [], migrations: [] }), ClientsModule.forRoot(CHEAP)]),
  () => fault([database({ migrations: [] }), ClientsModule.forRoot(CHEAP)]),
  () => fault([unsupported(), ClientsModule.forRoot(CHEAP)]),
  () => fault([database(), ClientsModule.forRoot({ secrets: { bcryptCost: 1 } })]),
  () =>
    fault([
      database(),
      ClientsModule.forRoot(CHEAP),
      ClientsModule.forRoot({ secrets: { bcryptCost: 4, entropy: 128 } }),
    ]),
  () => fault([database(), ClientsModule.forRoot({ secretHasher: 'hasher', imports: [hasher()] })]),
  () => message(() => clientRegistrySchema({ tablePrefix: 'a-b' })),
  () => fault([database(), ClientsModule.forRoot({ ...CHEAP, secretHasher: 'nobody' })]),
];

/** A registry that has packages of its own, as after `npm link`: others than those of the application. */
async function linked(): Promise<string> {
  jest.resetModules();
  const other = await import('../src/index.js');
  expect(other.ClientsModule).not.toBe(ClientsModule);
  return fault([database(), other.ClientsModule.forRoot(CHEAP)]);
}

/** A hasher whose forms are too long. */
function hasher(): DynamicModule {
  const useValue = { hash: async () => 'x'.repeat(129), matches: async () => false };
  return { module: class {}, providers: [{ provide: 'hasher', useValue }], exports: ['hasher'] };
}

/** A DataSource of another type, with nothing behind it. */
function unsupported(): DynamicModule {
  const provide = getDataSourceToken();
  const useValue = { options: { type: 'mysql' }, hasMetadata: () => true };
  return { module: class {}, global: true, providers: [{ provide, useValue }], exports: [provide] };
}

function message(work: () => unknown): string {
  try {
    work();
    return 'it worked';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe('docs/embedding.md', () => {
  it('has each option with its default, in the order of their declaration', () => {
    const documented = tableUnder('Options').map(([name = '', value]) => [name.replaceAll('`', ''), value]);
    expect(documented).toEqual([...defaultsOf(new ClientsOptions()), ...defaultsOf(new ClientsMount())]);
  });

  const rows = tableUnder('Errors at start').map(([said = '']) => said.replaceAll('`', ''));

  it('has each error at start', () => {
    expect(rows).toHaveLength(FAULTS.length);
  });

  it.each(rows.map((said, at) => ({ said, start: FAULTS[at] })))('says as the start does: $said', async (row) => {
    expect(await row.start?.()).toContain(row.said);
  });

  it('leads to sections that are there', () => {
    const slugs = [...page.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => title.toLowerCase().replaceAll(' ', '-'));
    const links = [...page.matchAll(/\]\(#([^)]*)\)/g)].map(([, slug]) => slug);
    expect(links.filter((slug) => !slugs.includes(slug ?? ''))).toEqual([]);
  });
});
