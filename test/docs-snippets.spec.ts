import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clientRegistryMigrations } from '../src/migrations.js';
import { POSTGRES } from './support/databases.js';
import { useDatabase } from './support/use.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const PAGES = { embedding: 'docs/embedding.md', readme: 'README.md' };

/** A block of TypeScript on a page; its first line is the name of its file. */
interface Snippet {
  page: string;
  file: string;
  text: string;
}

/** What `docs-snippets.mjs` saw. */
interface Seen {
  quickstart: Record<string, unknown>;
  asyncOptions: Record<string, number[]>;
  registries: unknown[];
  undone: unknown[];
  told: number[];
  inviting: number[];
  ending: number[];
  registering: number[];
  guard: unknown;
  shop: Record<string, unknown>;
  fastify: Record<string, unknown>;
  express: Record<string, unknown>;
  readme: unknown;
}

interface Coverage {
  result: {
    url: string;
    functions: { functionName: string; ranges: { count: number; startOffset: number; endOffset: number }[] }[];
  }[];
}

function snippetsOf([page, file]: [string, string]): Snippet[] {
  const blocks = readFileSync(join(root, file), 'utf8').matchAll(/^```(?:ts|typescript)\b.*\n([^]*?)^```/gm);
  return [...blocks].map(([, text = '']) => {
    const [, name] = /^\/\/ src\/([\w.-]+)\.ts\n/.exec(text) ?? [];
    if (!name) throw new Error(`A block of ${file} does not begin with the name of its file: ${text.slice(0, 80)}`);
    return { page, file: `${page}/${name}`, text };
  });
}

/** Functions of the snippets that nobody called, and snippets that nobody loaded. */
function neverRun(folder: string, snippets: Snippet[]): string[] {
  const reports = readdirSync(join(folder, 'coverage')).map(
    (name) => JSON.parse(readFileSync(join(folder, 'coverage', name), 'utf8')) as Coverage,
  );
  const scripts = new Map(reports.flatMap(({ result }) => result).map((script) => [script.url, script.functions]));
  return snippets.flatMap(({ file }) => {
    const functions = scripts.get(pathToFileURL(join(folder, 'out', `${file}.js`)).href);
    if (!functions) return [file];
    return functions
      .filter(({ ranges: [whole] }) => whole?.count === 0)
      .map(({ functionName }) => `${file}: ${functionName || 'a function without a name'}`);
  });
}

describe('the TypeScript of README and docs', () => {
  const snippets = Object.entries(PAGES).flatMap(snippetsOf);
  const database = useDatabase(POSTGRES.open);
  let folder: string;
  let seen: Seen;

  beforeAll(async () => {
    mkdirSync(join(root, 'build'), { recursive: true });
    // Within the package, so that its own name leads to its build, and packages to its node_modules.
    folder = mkdtempSync(join(root, 'build/snippets-'));
    for (const { file, text } of snippets) {
      const path = join(folder, `${file}.ts`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    // Against the build, not the source.
    const compilerOptions = {
      rootDir: '.',
      outDir: 'out',
      declaration: false,
      sourceMap: false,
      paths: {},
      noEmitOnError: true,
    };
    const project = { extends: '../../tsconfig.json', compilerOptions, include: ['**/*.ts'] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project));
    await run([join(root, 'node_modules/typescript/bin/tsc'), '-p', folder]);
    const program = fileURLToPath(new URL('docs-snippets.mjs', import.meta.url));
    const environment = { DATABASE_URL: database.url, NODE_V8_COVERAGE: join(folder, 'coverage') };
    seen = JSON.parse(await run([program, join(folder, 'out')], environment)) as Seen;
  }, 120_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs Node in the folder; what it prints, or an error with it. */
  async function run(parameters: string[], environment: Record<string, string> = {}): Promise<string> {
    const options = { cwd: folder, env: { PATH: process.env['PATH'], ...environment } };
    const running = promisify(execFile)(process.execPath, parameters, options);
    const { stdout } = await running.catch((error: Error & { stdout?: string; stderr?: string }) => {
      throw new Error(`${error.stdout}${error.stderr}`, { cause: error });
    });
    return stdout;
  }

  it('is compiled, and runs down to each function', () => {
    expect(snippets.filter(({ page }) => page === 'embedding').length).toBeGreaterThan(10);
    expect(snippets.filter(({ page }) => page === 'readme').length).toBeGreaterThan(1);
    expect(new Set(snippets.map(({ file }) => file)).size).toBe(snippets.length);
    expect(neverRun(folder, snippets)).toEqual([]);
  });

  it('has main files as Nest’s own templates have them, as an ES module or as CommonJS', () => {
    const lines = (text: string) =>
      text
        .replaceAll(/<%.*?%>[^<]*<% } %>|\.js(?=')|^(void|await) (?=bootstrap)/gm, '')
        .split('\n')
        .filter(Boolean);
    const mains = snippets.filter(({ file }) => file.endsWith('/main')).map(({ text }) => lines(text));
    expect(mains).toHaveLength(2);
    for (const kind of ['ts', 'ts-esm']) {
      const template = join(root, `node_modules/@nestjs/schematics/dist/lib/application/files/${kind}/src/main.ts`);
      for (const main of mains) expect(main).toEqual(expect.arrayContaining(lines(readFileSync(template, 'utf8'))));
    }
    // CommonJS has no await outside of functions.
    for (const { text } of snippets) expect(text).not.toMatch(/^(?:\w.* )?await /m);
  });

  it('starts a registry from two files, with bodies as they were sent', () => {
    expect(seen.quickstart).toEqual({ status: 201, metadata: '{"n":12345678901234567890,"f":1.0}' });
    expect(seen.readme).toEqual(seen.quickstart);
    expect(seen.fastify).toEqual({ ...seen.quickstart, longId: 200 });
    expect(seen.express).toEqual(seen.fastify);
  });

  it('gives options in three ways', () => {
    expect(seen.asyncOptions).toEqual({
      byFactory: [404, 404, 201],
      byClass: [201, 201, 404],
      byExisting: [201, 404, 404],
    });
  });

  it('has migrations that can be undone', () => {
    expect(seen.undone).toEqual([clientRegistryMigrations.length + 1, 'migrations', 'sqlite_sequence']);
  });

  it('lets operators keep webhooks', () => {
    expect(seen.told).toEqual([401, 200]);
  });

  it('lets everybody see what clients may register', () => {
    expect(seen.registering).toEqual([200, 200]);
  });

  it('lets operators list initial access tokens', () => {
    expect(seen.inviting).toEqual([401, 200]);
  });

  it('lets operators list what ends soon', () => {
    expect(seen.ending).toEqual([401, 200]);
  });

  it('keeps two registries apart', () => {
    expect(seen.registries).toEqual([200, 404, 404, 200, 'their-own']);
  });

  it('has guards that refuse in the shape of the application', () => {
    expect(seen.guard).toEqual([401, { message: 'Unauthorized', statusCode: 401 }, 200]);
  });

  it('works in process', () => {
    expect(seen.shop['prefix']).toBe('/api/admin/clients');
    expect(seen.shop['authenticated']).toEqual([true, 'secret', 'invalid_client']);
    expect(seen.shop['enrolled']).toEqual(['team-orders', true, true, false]);
    expect(seen.shop['faults']).toEqual(['/redirect_uris/0']);
    expect(seen.shop['owned']).toEqual(['renamed', '', '']);
    expect(seen.shop['stored']).toBe('$scrypt$');
  });

  it('writes a partner and its client together or not at all, and tells what has happened after the commit', () => {
    expect(seen.shop['partners']).toEqual([1, 1]);
    expect(seen.shop['refused']).toMatch(/UNIQUE/);
    expect(seen.shop['joined']).toMatch(/^svc-/);
    expect(seen.shop['after']).toBe('not_found');
    expect(seen.shop['gone']).toEqual([seen.shop['joined']]);
    expect(seen.shop['told']).toEqual(['client.created 1', 'client.deleted 1']);
  });
});
