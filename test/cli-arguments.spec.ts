import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandHere } from './support/command-here.js';

const COMMANDS = [
  'serve',
  'migrate',
  'backup',
  'create',
  'get',
  'list',
  'update',
  'delete',
  'rotate',
  'suspend',
  'resume',
  'secrets',
];
const SECRETS_COMMANDS = ['secrets list', 'secrets add', 'secrets revoke'];
const CHOSEN = 'hunter2hunter2';

let folder: string;
const file = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'registry-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('help', () => {
  it.each([...COMMANDS, ...SECRETS_COMMANDS])('has an example of %s', async (name) => {
    const { exitCode, stdout } = await commandHere([...name.split(' '), '--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(new RegExp(`Examples?:\n  .*oauth2-client-registry ${name}`));
  });

  it('has every flag that docs/command-line.md names beside that of Hydra', async () => {
    const text = readFileSync('docs/command-line.md', 'utf8');
    const ours = [...text.matchAll(/^\| [^|]*`--[^|]*\|([^|]*)\|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`(--[\w-]+)`/g)].map(([, flag = '']) => flag),
    );
    expect(ours.length).toBeGreaterThan(35);
    const helps = (await commandHere(['create', '--help'])).stdout + (await commandHere(['list', '--help'])).stdout;
    for (const flag of ours) expect(helps).toMatch(new RegExp(`${flag}[ ,]`));
  });
});

describe('the command line', () => {
  it.each([
    { wrong: 'no command', args: [], said: 'Usage:' },
    { wrong: 'an unknown command', args: ['crate'], said: "unknown command 'crate'\n(Did you mean create?)" },
    {
      wrong: 'an unknown flag',
      args: ['create', '--nam', 'x'],
      said: "unknown option '--nam'\n(Did you mean --name?)",
    },
    { wrong: 'a secret as a flag', args: ['create', `--client-secret=${CHOSEN}`], said: "option '--client-secret'\n" },
    { wrong: "a secret in Hydra's flag", args: ['update', 'x', '--secret', CHOSEN], said: 'No flag takes a secret' },
    {
      wrong: 'a secret to add as a flag',
      args: ['secrets', 'add', 'x', '--secret', CHOSEN],
      said: 'Set client_secret',
    },
    { wrong: 'no client', args: ['get'], said: "missing required argument 'client_id'" },
    { wrong: 'a client without an id', args: ['delete', 'x', ''], said: 'The value is empty' },
    { wrong: 'nothing to change', args: ['update', 'x'], said: 'No change is given' },
    { wrong: 'another id for a client', args: ['update', 'x', '--id', 'y'], said: "unknown option '--id'" },
    { wrong: 'a route as a secret', args: ['secrets', 'revoke', 'x', 'rotate'], said: 'Give an id from secrets list' },
    { wrong: 'a parent folder as a secret', args: ['secrets', 'revoke', 'x', '..'], said: 'Give an id from' },
    { wrong: 'one entity tag for two clients', args: ['delete', 'x', 'y', '--if-match', '"a"'], said: 'of one client' },
    { wrong: 'a limit in words', args: ['list', '--limit', 'ten'], said: 'Give a whole number' },
    { wrong: 'text as JSON', args: ['update', 'x', '--metadata', 'gold'], said: 'Give JSON' },
    { wrong: 'an open quotation mark', args: ['create', '--scope', '"a,b'], said: 'A quotation mark is not closed' },
    { wrong: 'a format of others', args: ['get', 'x', '--format', 'xml'], said: 'Allowed choices are table, json' },
    { wrong: 'a flag without its value', args: ['create', '--name'], said: 'argument missing' },
    { wrong: 'a flag given twice', args: ['create', '--name', 'a', '--name', 'b'], said: 'Give this flag only once' },
    { wrong: 'a flag with nothing', args: ['create', '--name', 'a', '--id', ''], said: 'The value is empty' },
    { wrong: 'a list with nothing', args: ['create', '--grant', 'x,'], said: 'The value is empty' },
    { wrong: 'a port with nothing', args: ['serve', '--port', ''], said: 'The value is empty' },
    { wrong: 'a word too many', args: ['migrate', 'now'], said: 'too many arguments' },
    { wrong: 'no file to copy to', args: ['backup'], said: "missing required argument 'file'" },
    { wrong: 'a copy in no folder', args: ['backup', 'none/copy'], said: 'none/copy cannot be created (ENOENT)' },
    { wrong: 'nothing to create', args: ['create'], said: 'give --name or --file' },
    { wrong: 'a file that is not there', args: ['create', '--file', 'none.json'], said: 'none.json cannot be read' },
    { wrong: 'a folder as a file', args: ['create', '--file', '.'], said: '. cannot be read (EISDIR)' },
  ])('ends with 2 on $wrong', async ({ args, said }) => {
    const { exitCode, stdout, stderr } = await commandHere(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(said);
    expect(stderr).not.toMatch(/hunter2|\n {4}at /);
  });

  it.each([
    { wrong: 'text', content: `{"client_secret": ${CHOSEN}}`, said: /^\S+ is not JSON at line 1, column 19: .+\n$/ },
    {
      wrong: 'faulty YAML',
      content: `client_secret: "${CHOSEN}`,
      said: /^\S+ is not YAML at line 1, column \d+: .+\n$/,
    },
    { wrong: 'a name twice', content: 'owner: a\nowner: b', said: /^\S+ is not YAML at line 2, column 1: .+\n$/ },
    { wrong: 'an unknown tag', content: `owner: !env ${CHOSEN}`, said: /^\S+ is not YAML at line 1, column 8: .+\n$/ },
    { wrong: 'an infinite number', content: 'metadata: .inf', said: /^\S+ is not YAML at line 1, column 11: .+\n$/ },
    { wrong: 'two documents', content: 'owner: a\n---\nowner: b', said: /^\S+ is not YAML at line 2, column 1: .+\n$/ },
    { wrong: 'an alias of nothing', content: 'owner: *nobody', said: /^\S+ is not YAML: .+\n$/ },
    { wrong: 'an alias of itself', content: 'metadata: &a [*a]', said: /^\S+ is not YAML: .+\n$/ },
    { wrong: 'no UTF-8', content: Buffer.from([0x22, 0xff, 0x22]), said: /^\S+ is not text in UTF-8: .+\n$/ },
    { wrong: 'an array', content: '[1]', said: /^\S+ must contain one JSON object, .+\n$/ },
    { wrong: 'a number', content: '17', said: /^\S+ must contain one JSON object, .+\n$/ },
    { wrong: 'null', content: 'null', said: /^\S+ must contain one JSON object, .+\n$/ },
  ])('ends with 2 on a file that holds $wrong', async ({ content, said }) => {
    const args = ['create', '--name', 'x', '--file', file('wrong.json', content)];
    const { exitCode, stdout, stderr } = await commandHere(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(said);
    expect(stderr).not.toContain('hunter2');
  });
});
