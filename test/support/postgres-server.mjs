import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from './service.mjs';

/** Where Debian's package has the programs, of which the tests' own server has only some. */
const DEBIAN = '/usr/lib/postgresql';

function programFolder() {
  const [version] = existsSync(DEBIAN) ? readdirSync(DEBIAN).toReversed() : [];
  assert(version, 'PostgreSQL with pg_basebackup is needed: install the package postgresql.');
  return join(DEBIAN, version, 'bin');
}

function idOf(flag) {
  return Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
}

/** Servers of Debian's PostgreSQL in a temporary folder, which tests stop, freeze and promote. */
export class PostgresServers {
  constructor() {
    this.programs = programFolder();
    /** As root the servers run as Debian's user for them. */
    this.owner = process.getuid() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {};
    this.folder = mkdtempSync(join(tmpdir(), 'registry-postgres-'));
    this.servers = [];
    this.give(this.folder);
  }

  /** Lets the servers write to a folder. */
  give(folder) {
    if (this.owner.uid) chownSync(folder, this.owner.uid, this.owner.gid);
  }

  run(program, ...args) {
    const options = { ...this.owner, cwd: this.folder, stdio: ['ignore', 'ignore', 'inherit'] };
    execFileSync(join(this.programs, program), args, options);
  }

  /**
   * A server that does not run yet.
   *
   * @param {string} name of its folder
   * @param {boolean} isEmpty has it a new cluster, or is its folder filled later, by `pg_basebackup`
   */
  async add(name, isEmpty = true) {
    const server = new PostgresServer(this, name, await freePort());
    this.servers.push(server);
    if (isEmpty) this.run('initdb', '-D', server.data, '-U', 'postgres', '-A', 'trust', '--encoding=UTF8', '--no-sync');
    return server;
  }

  /** Kills those that run, and removes all. */
  remove() {
    for (const server of this.servers) server.stop('immediate');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

class PostgresServer {
  constructor(servers, name, port) {
    Object.assign(this, { servers, port, data: join(servers.folder, name) });
  }

  /** @returns {string} the URL of a database */
  url(database = 'postgres') {
    return `postgres://postgres@127.0.0.1:${this.port}/${database}`;
  }

  start() {
    const sockets = this.servers.folder;
    const options = `-p ${this.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${sockets}`;
    this.servers.run('pg_ctl', 'start', '-w', '-D', this.data, '-l', `${this.data}.log`, '-o', options);
  }

  /**
   * Stops it, if it runs.
   *
   * @param {'fast' | 'immediate'} mode with an end of all transactions, or as if it were killed
   */
  stop(mode) {
    if (existsSync(this.#pidFile)) this.servers.run('pg_ctl', 'stop', '-w', '-m', mode, '-D', this.data);
  }

  /** Sends a signal to the server and to all processes that it has. */
  signal(name) {
    const [postmaster] = readFileSync(this.#pidFile, 'utf8').split('\n');
    for (const pid of [postmaster, ...childrenOf(postmaster)]) process.kill(Number(pid), name);
  }

  async query(text, database = 'postgres') {
    const client = new pg.Client(this.url(database));
    await client.connect();
    const { rows } = await client.query(text);
    await client.end();
    return rows;
  }

  get #pidFile() {
    return join(this.data, 'postmaster.pid');
  }
}

function childrenOf(pid) {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
}
