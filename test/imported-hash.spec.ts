import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { hash as argon2 } from '@node-rs/argon2';
import { SecretVerifier } from '../src/secrets/secret-hash.js';
import { BcryptHasher } from '../src/secrets/secret-hasher.js';
import { importedForm, importedHashFault, isReplaceable } from '../src/secrets/imported/imported-hash.js';
import { IMPORTED_HASHES, IMPORTED_SECRET } from './support/imported-hashes.js';

const verifier = new SecretVerifier(new BcryptHasher(4));
const matches = async (hash: string, secret: string) => (await verifier.find(secret, [importedForm(hash)])) === 0;

const SALT = 'c29tZXNhbHRzb21lc2FsdA';
const DIGEST = 'CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
const pbkdf2 = (parameters: string, salt = SALT, digest = DIGEST) => `$pbkdf2-sha256$${parameters}$${salt}$${digest}`;
const scrypt = (parameters: string) => `$scrypt$${parameters}$${SALT}$${DIGEST}`;
const argon2id = (parameters: string, digest = DIGEST) => `$argon2id$v=19$${parameters}$${SALT}$${digest}`;
const bcrypt = (cost: string) => `$2b$${cost}$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW`;
const LONG = Buffer.alloc(33).toString('base64').replaceAll('=', '');

describe('a hash that another system made', () => {
  it.each([
    ...Object.entries(IMPORTED_HASHES).map(([name, hash]) => [name, hash, IMPORTED_SECRET]),
    // The tests of crypt_blowfish, of Passlib, and of the reference implementation of Argon2.
    ['bcrypt, $2a', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'U*U'],
    [
      'scrypt by Passlib',
      '$scrypt$ln=8,r=8,p=1$WKs1xljLudd6z9kbY0wpJQ$yCR4iDZYDKv+iEJj6yHY0lv/epnfB6f/w1EbXrsJOuQ',
      'password',
    ],
    ['Argon2id', '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4', 'password'],
    ['Argon2i', '$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8', 'password'],
  ])('is compared by its own algorithm: %s', async (_, hash = '', secret = '') => {
    expect([await importedHashFault(hash), importedForm(hash).length <= 128]).toEqual([undefined, true]);
    expect(await matches(hash, secret)).toBe(true);
    for (const wrong of [`${secret}x`, secret.slice(0, -1), `${secret}\0`, '', hash, importedForm(hash)])
      expect([wrong, await matches(hash, wrong)]).toEqual([wrong, false]);
  });

  it('fits into its column with the longest salt and digest, and needs no more than the memory that is allowed', async () => {
    const salt = Buffer.alloc(32, 1);
    const longest = await argon2('s', { memoryCost: 65_536, timeCost: 1, parallelism: 16, salt });
    for (const hash of [
      longest,
      '$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E',
    ]) {
      expect([await importedHashFault(hash), importedForm(hash).length <= 128]).toEqual([undefined, true]);
      expect(await matches(hash, hash === longest ? 's' : 'password')).toBe(true);
    }
  });

  it.each([
    ['plain', 'must be a hash by bcrypt'],
    ['$sha256$AAAA$AAAA', 'must be a hash by bcrypt'],
    ['$ext$2b$', 'must be a hash by bcrypt'],
    ['$1$salt$digest', 'must be a hash by bcrypt'],
    [bcrypt('05').replace('2b', '2x'), 'must be a hash by bcrypt'],
    [bcrypt('03'), 'must have a cost of 4 to 15; it has 03'],
    [bcrypt('16'), 'must have a cost of 4 to 15; it has 16'],
    [bcrypt('31'), 'must have a cost of 4 to 15; it has 31'],
    [bcrypt('5'), 'must have the 60 characters of a bcrypt hash'],
    [`${bcrypt('05')}x`, 'must have the 60 characters of a bcrypt hash'],
    // The stray bits of the last character of the salt, and of the digest.
    [bcrypt('05').replace('CC.E', 'CCCE'), 'must have the 60 characters of a bcrypt hash'],
    [bcrypt('05').replace(/W$/, 'X'), 'must have the 60 characters of a bcrypt hash'],
    [pbkdf2('i=2000001,l=32'), 'must have a number of rounds (i) of 1 to 2000000; it has 2000001'],
    [pbkdf2('i=99999999999,l=32'), 'must have the form $pbkdf2-sha256$i=25000,l=32$salt$digest'],
    [pbkdf2('i=0,l=32'), 'must have the form'],
    [pbkdf2('i=1e3,l=32'), 'must have the form'],
    [pbkdf2('l=32,i=1000'), 'must have the form'],
    [pbkdf2('i=1000,l=16'), 'must have a digest of as many bytes as l says, 16; it has 32'],
    [pbkdf2('i=1000,l=4', SALT, 'AAAAAA'), 'must have a length of the digest (l) of 16 to 64; it has 4'],
    [pbkdf2('i=1000,l=32', 'AAAA'), 'must have a salt with a number of bytes of 8 to 32; it has 3'],
    [pbkdf2('i=1000,l=32', LONG), 'must have a salt with a number of bytes of 8 to 32; it has 33'],
    [pbkdf2('i=1000,l=32', `${SALT}==`), 'must have the form'],
    [pbkdf2('i=1000,l=32', SALT, DIGEST.replace(/c$/, 'd')), 'must have the form'],
    [pbkdf2('i=1000,l=32', SALT, DIGEST.replace('O', '-')), 'must have the form'],
    [`${pbkdf2('i=1000,l=32')}$x`, 'must have the form'],
    ['$pbkdf2-sha256$29000$N2YMIWQsBWBMae09x1jrPQ$1t8iyB2A.WF/Z5JZv.lfCIhXXN33N23OSgQYThBYRfk', 'must have the form'],
    [scrypt('ln=17,r=8,p=1'), 'must not need more than 64 MiB of memory'],
    [scrypt('ln=16,r=9,p=1'), 'must not need more than 64 MiB of memory'],
    [scrypt('ln=31,r=8,p=1'), 'must have a binary logarithm of rounds (ln) of 1 to 20; it has 31'],
    [scrypt('ln=16,r=1,p=1'), 'must have a binary logarithm of rounds (ln) of less than 16 times'],
    [scrypt('ln=4,r=8,p=5'), 'must have a parallelism (p) of 1 to 4; it has 5'],
    [scrypt('ln=4,r=65,p=1'), 'must have a block size (r) of 1 to 64; it has 65'],
    [argon2id('m=65537,t=1,p=1'), 'must have a number of KiB of memory (m) of 8 to 65536; it has 65537'],
    [argon2id('m=4294967295,t=1,p=1'), 'must have a number of KiB of memory (m) of 8 to 65536'],
    [argon2id('m=65536,t=17,p=1'), 'must have a number of passes (t) of 1 to 16; it has 17'],
    [argon2id('m=65536,t=1,p=17'), 'must have a parallelism (p) of 1 to 16; it has 17'],
    [argon2id('m=8,t=1,p=2'), 'must have at least 8 KiB of memory (m) for each lane (p)'],
    [argon2id('m=256,t=1,p=1', LONG), 'must have a digest with a number of bytes of 16 to 32; it has 33'],
    [
      argon2id('m=256,t=1,p=1').replace('v=19', 'v=16'),
      'must have the form $argon2id$v=19$m=19456,t=2,p=1$salt$digest',
    ],
    [argon2id('m=256,t=1,p=1').replace('$v=19', ''), 'must have the form'],
    [argon2id('m=256,t=1,p=1').replace('2id', '2d'), 'must be a hash by bcrypt'],
    [argon2id('m=256,t=1,p=1,keyid=AA'), 'must have the form'],
  ])('is refused with the reason: %s', async (hash, sentence) => {
    expect(await importedHashFault(hash)).toContain(sentence);
  });

  it('is not replaced where bcrypt may have left a part of the secret out', async () => {
    const form = importedForm('$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui');
    const secret = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789chars after 72 are ignored';
    for (const presented of [secret, secret.slice(0, 73), secret.slice(0, 72)])
      expect([await verifier.find(presented, [form]), isReplaceable(form, presented)]).toEqual([0, false]);
    expect([await verifier.find(secret.slice(0, 71), [form]), isReplaceable(form, secret.slice(0, 71))]).toEqual([
      -1,
      true,
    ]);
    expect(isReplaceable(form, 'ü'.repeat(36))).toBe(false);
    expect(isReplaceable(importedForm(IMPORTED_HASHES.scrypt), secret)).toBe(true);
    expect(isReplaceable(form.slice('$ext'.length), 'short')).toBe(false);
  });
});

describe('without @node-rs/argon2', () => {
  beforeEach(() => {
    jest.resetModules();
    jest.unstable_mockModule('@node-rs/argon2', () => {
      throw Object.assign(new Error(`Cannot find package '@node-rs/argon2' imported from argon2.form.js`), {
        code: 'ERR_MODULE_NOT_FOUND',
      });
    });
  });

  it('a hash of Argon2 is refused with what to install, and one that is stored already is no wrong secret', async () => {
    const { importedHashFault: faultOf, matchesImported } = await import('../src/secrets/imported/imported-hash.js');
    expect(await faultOf(argon2id('m=256,t=1,p=1'))).toContain('install the package @node-rs/argon2');
    expect(await faultOf(argon2id('m=1,t=1,p=1'))).toContain('must have a number of KiB');
    expect(await faultOf(IMPORTED_HASHES.scrypt)).toBeUndefined();
    await expect(matchesImported('x', importedForm(argon2id('m=256,t=1,p=1')))).rejects.toThrow(
      'install the package @node-rs/argon2',
    );
  });
});
