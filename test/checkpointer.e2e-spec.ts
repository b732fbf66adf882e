import { describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { SQLITE } from './support/databases.js';

/** Opens and ends the thread fifty times, at whatever it is doing by then. In a process of its own: it could take that along. */
const PROGRAM = `
  import { setTimeout as sleep } from 'node:timers/promises';
  import libsql from 'libsql';
  import { Checkpointer } from './dist/database/sqlite/checkpointer.js';

  const [file] = process.argv.slice(1);
  new libsql(file).pragma('journal_mode = WAL');
  for (let turn = 0; turn < 50; turn += 1) {
    const checkpointer = new Checkpointer(file, libsql);
    if (!checkpointer.worker?.threadId) throw new Error('There is no thread.');
    await sleep(turn);
    await checkpointer.close();
    await checkpointer.close();
  }
  console.log('done');
`;

describe('the thread that writes back the log of SQLite', () => {
  it('can be ended at any moment without taking the process along', async () => {
    await using database = await SQLITE.open();
    const file = database.url.replace('sqlite:', '');
    const program = ['--input-type=module', '-e', PROGRAM, file];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, program);
    expect({ stdout, stderr }).toEqual({ stdout: 'done\n', stderr: '' });
  });
});
