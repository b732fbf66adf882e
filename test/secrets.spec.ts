import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { ClientSecret } from '../src/secrets/client-secret.entity.js';
import { randomBytes } from '../src/secrets/generated/random-bytes.js';
import { generateSecret, isGenerated, secretFault, TOKEN_PREFIXES } from '../src/secrets/generated/secret-format.js';
import { hashSecret, SecretVerifier } from '../src/secrets/secret-hash.js';
import { BcryptHasher, type SecretHasher } from '../src/secrets/secret-hasher.js';
import { SecretMatcher } from '../src/secrets/secret-matcher.js';
import { SlowTurns } from '../src/secrets/slow-turns.js';

const PREFIX = 'oacs_';
const HASHER = new BcryptHasher(4);

describe('random bytes', () => {
  it('are as many as were asked for, also more than are fetched ahead, and are handed out once', () => {
    const sizes = Array.from({ length: 2000 }, (_, at) => 8 + (at % 60));
    const drawn = [...sizes, 1024, 1025].map((size) => randomBytes(size));
    expect(drawn.map(({ length }) => length)).toEqual([...sizes, 1024, 1025]);
    const parts = drawn.flatMap((bytes) =>
      Array.from({ length: Math.floor(bytes.length / 8) }, (_, at) => bytes.toString('hex', at * 8, at * 8 + 8)),
    );
    expect(new Set(parts).size).toBe(parts.length);
  });
});

describe('a generated secret', () => {
  it('has prefix, 43 of 62 characters (256 bits) and a checksum, and survives form and Basic encoding', () => {
    const secrets = Array.from({ length: 200 }, () => generateSecret(PREFIX));
    expect(new Set(secrets).size).toBe(200);
    for (const secret of secrets) {
      expect(secret).toMatch(/^oacs_[0-9A-Za-z]{49}$/);
      expect(encodeURIComponent(secret)).toBe(secret);
      expect(isGenerated(secret)).toBe(true);
    }
    // Every character of the alphabet is drawn: 8,600 draws of 62.
    expect(new Set(secrets.map((secret) => secret.slice(5, 48)).join('')).size).toBe(62);
  });

  it('is told from one that was mistyped or made up', () => {
    const secret = generateSecret(PREFIX);
    const last = secret.at(-1) === 'a' ? 'b' : 'a';
    for (const wrong of [
      secret.slice(0, -1) + last,
      secret.slice(0, -1),
      `${secret}a`,
      `x${secret.slice(1)}`,
      PREFIX,
      '',
    ])
      expect(isGenerated(wrong)).toBe(false);
    expect(secretFault(secret, PREFIX)).toBeUndefined();
    expect(secretFault(secret.slice(0, -1) + last, PREFIX)).toContain('oacs_');
  });

  it.each(TOKEN_PREFIXES)('is not a token of the registry itself: %s', (prefix) => {
    const sentence = `must not begin with ${prefix}, which marks tokens of the registry itself`;
    for (const token of [generateSecret(prefix), `${prefix}mine`]) expect(secretFault(token, PREFIX)).toBe(sentence);
    expect(secretFault(`x${prefix}mine`, PREFIX)).toBeUndefined();
  });

  it('is stored as one salted digest', async () => {
    const secret = generateSecret(PREFIX);
    const [one, other] = await Promise.all([hashSecret(secret, HASHER), hashSecret(secret, HASHER)]);
    expect(one).toMatch(/^\$sha256\$[\w-]{22}\$[\w-]{43}$/);
    expect(one).not.toBe(other);
    const verifier = new SecretVerifier(HASHER);
    expect(verifier.findGenerated(secret, [one])).toBe(0);
    expect(verifier.findGenerated(secret, ['$sha256$AA$AA', '$sha256$', other])).toBe(2);
    expect(verifier.findGenerated(generateSecret(PREFIX), [one, other])).toBe(-1);
  });
});

describe('a chosen secret', () => {
  const verifier = new SecretVerifier(HASHER);

  it('is stored by bcrypt, digested first when it is longer than 72 bytes', async () => {
    await expect(hashSecret('s'.repeat(72), HASHER)).resolves.toMatch(/^\$2b\$04\$/);
    await expect(hashSecret('s'.repeat(73), HASHER)).resolves.toMatch(/^\$bcrypt-sha256\$2b\$04\$/);
    await expect(hashSecret('ü'.repeat(37), HASHER)).resolves.toMatch(/^\$bcrypt-sha256\$2b\$04\$/);
  });

  it('is verified as its stored form says, whatever the length of what is presented', async () => {
    const short = await hashSecret('s'.repeat(72), HASHER);
    const long = await hashSecret('s'.repeat(73), HASHER);
    await expect(verifier.find('s'.repeat(73), [long])).resolves.toBe(0);
    await expect(verifier.find('s'.repeat(72), [short])).resolves.toBe(0);
    await expect(verifier.find('s'.repeat(73), [short])).resolves.toBe(-1);
    await expect(verifier.find('s'.repeat(72), [long])).resolves.toBe(-1);
    await expect(verifier.find('s'.repeat(74), [long])).resolves.toBe(-1);
  });

  it('is found among several, and never against none or the dummy', async () => {
    const forms = await Promise.all(['first one', 'second one'].map((secret) => hashSecret(secret, HASHER)));
    await expect(verifier.find('second one', forms)).resolves.toBe(1);
    await expect(verifier.find('third one', forms)).resolves.toBe(-1);
    for (const presented of ['', 'anything']) await expect(verifier.find(presented, [])).resolves.toBe(-1);
    await expect(verifier.find(forms[0] ?? '', forms)).resolves.toBe(-1);
  });

  it('costs an unknown client as many comparisons as the client with the most chosen secrets, up to 6', async () => {
    let compared = 0;
    const counting: SecretHasher = {
      hash: (secret) => Promise.resolve(`$plain$${secret}`),
      matches: (secret, form) => {
        compared += 1;
        return Promise.resolve(form === `$plain$${secret}`);
      },
    };
    const counted = new SecretVerifier(counting);
    const costOf = async (presented: string, forms: string[]) => {
      compared = 0;
      // A new one each time, which remembers nothing.
      await new SecretMatcher(counted, new SlowTurns()).find(
        'orders',
        presented,
        forms.map((hash) => ({ hash })),
      );
      return compared;
    };
    const forms = (count: number) => Array.from({ length: count }, (_, at) => `$plain$secret ${at}`);
    const generated = '$sha256$AA$AA';
    expect(await costOf('wrong', [])).toBe(1);
    for (const { most, cost } of [
      { most: 3, cost: 3 },
      { most: 2, cost: 3 },
      { most: 6, cost: 6 },
    ]) {
      expect(await costOf('wrong', forms(most))).toBe(cost);
      for (const fewer of [[], [generated], forms(1), [generated, ...forms(1)]])
        expect(await costOf('wrong', fewer)).toBe(cost);
    }
    expect(await costOf('wrong', forms(9))).toBe(9);
    expect(await costOf('wrong', [])).toBe(6);
    expect(await costOf('secret 1', forms(3))).toBe(2);
    expect(await costOf(generateSecret(PREFIX), forms(3))).toBe(0);
  });
});

it('a row of a secret shows no hash, in JSON or in a log', () => {
  const row = Object.assign(new ClientSecret(), { id: '1', hash: '$2b$10$hidden' });
  expect(JSON.stringify(row) + inspect(row) + inspect({ nested: [row] }, { depth: 9 })).not.toContain('hidden');
});
