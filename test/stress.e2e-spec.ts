import { describe, expect, it } from '@jest/globals';
import { DATABASES } from './support/databases.js';
import { versionOf } from './support/http.js';
import { startProcess, type ServiceProcess } from './support/process.js';
import { Recorder, type Change } from './support/recorder.js';

const CLIENTS = 5;
/** Changes of each writer. `STRESS_CHANGES=2000` asks for more than every run has time for. */
const CHANGES = Number(process.env['STRESS_CHANGES'] ?? 80);
/** The member that each of the writers owns, and how it writes number `n` into it. */
const MEMBERS: Record<string, (n: number) => unknown> = {
  client_name: (n) => `Name ${n}`,
  owner: (n) => `team-${n}`,
  policy_uri: (n) => `https://a.example/policy/${n}`,
  tos_uri: (n) => `https://a.example/terms/${n}`,
  client_uri: (n) => `https://a.example/${n}`,
  contacts: (n) => [`${n}@a.example`],
  audience: (n) => ['x', String(n)],
  redirect_uris: (n) => [`https://a.example/cb/${n}`, 'https://a.example/cb'],
};
const LIFESPAN = 'client_credentials_grant_access_token_lifespan';
const TIMEOUT = 240_000;

/** Numbers from 0 to 1, the same for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** One of several who change the same clients at once: only its own member and its own key of `metadata`, or what belongs to nobody. */
class Writer {
  private count = 0;
  private readonly next: () => number;

  constructor(
    private readonly recorder: Recorder,
    private readonly services: readonly ServiceProcess[],
    private readonly member: string,
    seed: number,
  ) {
    this.next = random(seed);
  }

  async run(ids: readonly string[]): Promise<void> {
    for (let turn = 0; turn < CHANGES; turn += 1) {
      const id = ids[Math.floor(this.next() * ids.length)] ?? '';
      const { url } = this.services[Math.floor(this.next() * this.services.length)] ?? { url: '' };
      const kind = this.next();
      this.count += 1;
      if (kind < 0.5) await this.patch(url, id);
      else if (kind < 0.65) await this.setLifespans(url, id);
      else if (kind < 0.75)
        await this.recorder.change({ url, id, method: 'POST', path: '/secrets/rotate', changed: {} });
      else await this.replace(url, id);
    }
  }

  private get value(): unknown {
    return MEMBERS[this.member]?.(this.count);
  }

  private patch(url: string, id: string): Promise<Change | undefined> {
    const body = [
      { op: 'replace', path: `/${this.member}`, value: this.value },
      { op: 'add', path: `/metadata/${this.member}`, value: this.count },
    ];
    const changed = { [this.member]: this.value, metadata: { [this.member]: this.count } };
    return this.recorder.change({ url, id, method: 'PATCH', body, changed });
  }

  private setLifespans(url: string, id: string): Promise<Change | undefined> {
    // Nobody else sets this one, so that each of them is a change.
    const changed = { [LIFESPAN]: `${this.count}h${Object.keys(MEMBERS).indexOf(this.member)}m` };
    return this.recorder.change({ url, id, method: 'PUT', path: '/lifespans', body: changed, changed });
  }

  /** Sends the document that it has just read, changed only where it may; again until nobody came between. */
  private async replace(url: string, id: string): Promise<void> {
    for (;;) {
      const { etag, document } = await this.recorder.read(url, id);
      const metadata = { ...(document['metadata'] as object), [this.member]: this.count };
      const body = { ...document, [this.member]: this.value, metadata };
      const changed = { [this.member]: this.value, metadata: { [this.member]: this.count } };
      if (await this.recorder.change({ url, id, method: 'PUT', body, changed, ifMatch: etag })) return;
    }
  }
}

/** Reads clients and lists all the time, through one process after the other: no client goes back to what it was. */
async function keepReading(
  recorder: Recorder,
  services: readonly ServiceProcess[],
  ids: readonly string[],
  isOver: () => boolean,
) {
  const seen = new Map<string, number>();
  for (let turn = 0; !isOver(); turn += 1) {
    const { url } = services[turn % services.length] ?? { url: '' };
    const id = ids[turn % ids.length] ?? '';
    const version = versionOf((await recorder.read(url, id)).etag);
    expect(version).toBeGreaterThanOrEqual(seen.get(id) ?? 1);
    seen.set(id, version);
    await recorder.list(url);
  }
}

async function stress(services: readonly ServiceProcess[], seed: number): Promise<void> {
  const recorder = new Recorder();
  const { url } = services[0] ?? { url: '' };
  const ids = await Promise.all(Array.from({ length: CLIENTS }, () => recorder.create(url)));
  const writers = Object.keys(MEMBERS).map((member, at) => new Writer(recorder, services, member, seed + at));
  let isOver = false;
  const reading = keepReading(recorder, services, ids, () => isOver);
  await Promise.all(writers.map((writer) => writer.run(ids))).finally(() => {
    isOver = true;
  });
  await reading;
  for (const id of ids) await recorder.judge(url, id);
  recorder.judgeReads();
  expect(recorder.acknowledged).toBe(CHANGES * writers.length);
}

describe.each(DATABASES)('eight writers of five clients, on $database', ({ database, open }) => {
  it(
    'lose nothing: each acknowledged change is the one between its version and the version before',
    async () => {
      const store = await open();
      const environment = { DATABASE_URL: store.url, DATABASE_MIGRATE: 'true', LOG_LEVEL: 'warn' };
      const services = [await startProcess(environment)];
      if (database === 'PostgreSQL') services.push(await startProcess(environment));
      const seed = Date.now() % 1_000_000;
      try {
        await stress(services, seed);
        for (const service of services) {
          expect(await service.end('SIGTERM')).toBe(0);
          expect(service.output()).toBe('');
        }
      } catch (error) {
        throw new Error(`With the seed ${seed}`, { cause: error });
      } finally {
        for (const { child } of services) child.kill('SIGKILL');
        await store.drop();
      }
    },
    TIMEOUT,
  );
});
