import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { OAuthError } from '../src/index.js';
import { CreationLimits } from '../src/registration/limits/creation-limits.js';
import { RegistrationLimits } from '../src/registration/limits/registration-limits.js';
import { SETTINGS } from './support/app.js';
import { stopDate } from './support/clock.js';
import { handedOut, startRegistrationHost, useRegistrationHost } from './support/registration-host.js';

const HOUR = 3_600_000;
const CALLBACK = { redirect_uris: ['https://app.example.com/cb'] };
const addressOf = (at: number) => `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`;

function limitsOf(limits: Partial<RegistrationLimits>): CreationLimits {
  return new CreationLimits(Object.assign(new RegistrationLimits(), limits));
}

/** Has a source register under a policy that reuses no client. */
function registering(limits: CreationLimits, source: string | undefined, create: Create, policy = 'default') {
  return limits.counting(policy, source, () => limits.trying(source, create));
}

type Create = () => Promise<{ isNew: boolean }>;
const refuse: Create = () => Promise.reject(new Error('refused'));

/** Has a source register; how long it must wait, or 0 when it was let in. */
async function waitOf(limits: CreationLimits, source: string | undefined, policy = 'default'): Promise<number> {
  try {
    await registering(limits, source, () => Promise.resolve({ isNew: true }), policy);
    return 0;
  } catch (error) {
    return Number((error as OAuthError).headers['Retry-After']);
  }
}

describe('a flood of registrations', () => {
  beforeAll(stopDate);
  afterAll(() => void jest.useRealTimers());

  const admitted = async (limits: CreationLimits, sources: number) => {
    const waits = [];
    for (let at = 0; at < 10_000; at += 1) waits.push(await waitOf(limits, addressOf(at % sources)));
    return waits.filter((wait) => wait === 0).length;
  };

  it('of 10,000 from one caller lets 60 in, and from 1,000 callers no more than 3,000: a newcomer is let in meanwhile', async () => {
    expect(await admitted(limitsOf({}), 1)).toBe(60);
    const limits = limitsOf({});
    expect(await admitted(limits, 1000)).toBeLessThanOrEqual(3000);
    expect(await waitOf(limits, '192.0.2.1')).toBe(0);
  });

  it('ends with the hour in which it began', async () => {
    const limits = limitsOf({ source: 1 });
    expect(await waitOf(limits, '192.0.2.1')).toBe(0);
    jest.setSystemTime(Date.now() + HOUR / 4);
    expect(await waitOf(limits, '192.0.2.1')).toBe(2700);
    jest.setSystemTime(Date.now() + (HOUR * 3) / 4);
    expect(await waitOf(limits, '192.0.2.1')).toBe(0);
  });

  it('is one source from a /64 of IPv6, and from an address of IPv4 however it is written', async () => {
    const limits = limitsOf({ source: 1 });
    const sources = ['2001:db8::1', '2001:db8::2:0:0:1', '2001:db8:0:1::1', '192.0.2.1', '::ffff:192.0.2.1'];
    const waits = [];
    for (const source of sources) waits.push(await waitOf(limits, source));
    expect(waits).toEqual([0, 3600, 0, 0, 3600]);
  });

  it('counts what is under way, and not what is refused', async () => {
    const limits = limitsOf({ source: 2 });
    const refused = () => registering(limits, '192.0.2.1', refuse);
    for (let at = 0; at < 5; at += 1) await expect(refused()).rejects.toThrow('refused');
    const waits = await Promise.all(Array.from({ length: 4 }, () => waitOf(limits, '192.0.2.1')));
    expect(waits).toEqual([0, 0, 3600, 3600]);
  });

  it('from one customer of a provider, who has a /48, keeps nobody else out', async () => {
    const limits = limitsOf({});
    let letIn = 0;
    for (let at = 0; at < 3000; at += 1)
      if ((await waitOf(limits, `2001:db8:1:${at.toString(16)}::1`)) === 0) letIn += 1;
    expect([letIn, await waitOf(limits, '198.51.100.7')]).toEqual([600, 0]);
  });

  it('ends, too, when ten times as many tries of a source were refused as it may register', async () => {
    const limits = limitsOf({ source: 2 });
    const refused = () => registering(limits, '192.0.2.1', refuse);
    for (let at = 0; at < 20; at += 1) await expect(refused()).rejects.toThrow('refused');
    expect([await waitOf(limits, '192.0.2.1'), await waitOf(limits, '192.0.2.2')]).toEqual([3600, 0]);
  });

  it('is remembered however many others are refused', async () => {
    const limits = limitsOf({ source: 1 });
    expect(await waitOf(limits, '192.0.2.1')).toBe(0);
    const refused = (at: number) => registering(limits, addressOf(at), refuse);
    for (let at = 0; at <= 50_000; at += 1) await refused(at).catch(() => undefined);
    expect(await waitOf(limits, '192.0.2.1')).toBe(3600);
  });

  it('under one policy leaves others as they are, and nobody is counted where the limit is 0', async () => {
    const limits = limitsOf({ source: 0, policy: 1, total: 0 });
    expect(await waitOf(limits, '192.0.2.1', 'partners')).toBe(0);
    expect(await waitOf(limits, '192.0.2.2', 'partners')).toBe(3600);
    expect(await waitOf(limits, '192.0.2.2')).toBe(0);
  });
});

describe.each(SETTINGS)('registrations over the limit, $setting,', ({ open, isFastify }) => {
  const host = useRegistrationHost({ open, isFastify }, { limits: { source: 2, total: 3 } });

  it('are 429 and write nothing; refused bodies cost nothing', async () => {
    for (let at = 0; at < 3; at += 1) expect((await host.register({ owner: 'me' })).status).toBe(400);
    const answers = [];
    for (let at = 0; at < 3; at += 1) answers.push(await host.register(CALLBACK));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 429]);
    const last = answers.at(-1);
    expect(last?.body['error']).toBe('too_many_requests');
    expect(Number(last?.headers['retry-after'])).toBeGreaterThan(3000);
    expect((await host.admin('GET', '')).body).toHaveLength(2);
  });

  it('hold for changes of one client, too', async () => {
    await using limited = await open();
    await using other = await startRegistrationHost('Express', limited, { limits: { changes: 2 } });
    const created = await other.register(CALLBACK);
    let { id, token } = handedOut(created);
    const statuses = [];
    for (let at = 0; at < 3; at += 1) {
      const answer = await other.manage('PUT', id, token, CALLBACK);
      statuses.push(answer.status);
      if (answer.status === 200) ({ id, token } = handedOut(answer));
    }
    expect(statuses).toEqual([200, 200, 429]);
    expect((await other.manage('GET', id, token)).status).toBe(200);
  });
});
