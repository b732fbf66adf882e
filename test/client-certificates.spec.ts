import { describe, expect, it, jest } from '@jest/globals';
import { webcrypto, X509Certificate } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { ExtendedKeyUsage, Extension, KeyUsageFlags, KeyUsagesExtension } from '@peculiar/x509';
import { ClientKeySets } from '../src/authentication/keys/client-key-sets.js';
import { KeySetOptions } from '../src/authentication/keys/key-set.options.js';
import { CertificateVerifier } from '../src/authentication/mtls/certificate-verifier.js';
import { newAuthority, type AuthorityContents, type Contents, type KeysOfCertificate } from './support/certificates.js';
import { keptLog } from './support/log.js';

const LOG = keptLog();
Logger.overrideLogger({ ...LOG.logger, debug: (message: unknown) => void LOG.logger.log(message) });

const ROOT = await newAuthority('CN=Clients');
const SAME_NAME = await newAuthority('CN=Clients');
const [WEAK, STRONG] = [await rsa(1024), await rsa(2048)];
const KEY_SETS = new ClientKeySets(new KeySetOptions());
const VERIFIER = await verifierOf(ROOT.cert);
const SUBJECT = 'CN=orders+OU=Web,O=Example\\, Inc.,C=DE';
const NAMED = { names: [{ type: 'dns' as const, value: 'orders.example.com' }] };
const BY_DNS = client({ tls_client_auth_san_dns: 'orders.example.com' });

async function verifierOf(authorities: string): Promise<CertificateVerifier> {
  const verifier = new CertificateVerifier({ authorities }, KEY_SETS);
  await verifier.onModuleInit();
  return verifier;
}

/** A client as it is registered. */
function client(members: object, method = 'tls_client_auth') {
  return { id: 'orders', token_endpoint_auth_method: method, ...members };
}
const rawOf = (pem: string) => new X509Certificate(pem).raw;

describe('tls_client_auth', () => {
  it.each<[what: string, subject: string, registered: string, isKnown: boolean]>([
    ['as the certificate has it, from the lowest level', 'C=DE,O=Example\\, Inc.,CN=orders+OU=Web', SUBJECT, true],
    ['with the attributes of a level in another order', 'C=DE,O=Example\\, Inc.,OU=Web+CN=orders', SUBJECT, true],
    ['in another case, with other blanks', 'C=de,O=EXAMPLE\\,   inc.,CN=\\ Orders+OU=WEB', SUBJECT, true],
    ['with types by their object identifiers', 'C=DE,CN=orders', '2.5.4.3=orders,2.5.4.6=DE', true],
    ['with a value in BER', 'C=DE,CN=Orders', 'CN=#0c066f7264657273,C=DE', true],
    ['with letters beyond ASCII', 'O=Bücher,CN=ÉTÉ', 'cn=E\\cc\\81té,o=b\\c3\\bccher', true],
    ['with a value that is not a text', '2.5.4.45=#0303010203,CN=orders', 'CN=orders,2.5.4.45=#0303010203', true],
    [
      'with another value that is not a text',
      '2.5.4.45=#0303010204,CN=orders',
      'CN=orders,2.5.4.45=#0303010203',
      false,
    ],
    ['with levels in another order', 'CN=orders+OU=Web,O=Example\\, Inc.,C=DE', SUBJECT, false],
    ['with attributes on levels of their own', 'C=DE,O=Example\\, Inc.,OU=Web,CN=orders', SUBJECT, false],
    ['with a further level', 'C=DE,O=Example\\, Inc.,CN=orders+OU=Web,CN=x', SUBJECT, false],
    ['with a level less', 'O=Example\\, Inc.,CN=orders+OU=Web', SUBJECT, false],
    ['with another value', 'C=DE,O=Example\\, Inc.,CN=order+OU=Web', SUBJECT, false],
    ['with another type', 'C=DE,O=Example\\, Inc.,CN=orders+O=Web', SUBJECT, false],
    ['in the value of one attribute', 'CN=orders\\+OU=Web\\,O=Example\\\\\\, Inc.\\,C=DE', SUBJECT, false],
    ['as text that looks like BER', 'CN=\\#0c066f7264657273', 'CN=#0c066f7264657273', false],
    ['that is empty', '', SUBJECT, false],
    ['that is very long', `CN=${'o'.repeat(5000)}`, 'CN=o', false],
  ])('compares the subject: %s', async (_, subject, registered, isKnown) => {
    const { cert } = await ROOT.issue({ subject, ...NAMED });
    const proven = await VERIFIER.verify(cert, client({ tls_client_auth_subject_dn: registered }));
    expect(proven !== undefined).toBe(isKnown);
  });

  it.each<[member: string, value: string, type: 'dns' | 'url' | 'ip' | 'email', certified: string, isKnown: boolean]>([
    ['dns', 'orders.Example.com', 'dns', 'Orders.example.com', true],
    ['dns', 'orders.example.com', 'dns', '*.example.com', false],
    ['dns', 'orders.example.com', 'url', 'orders.example.com', false],
    ['uri', 'spiffe://a.example/a,b', 'url', 'spiffe://a.example/a,b', true],
    ['uri', 'spiffe://a.example/a', 'url', 'spiffe://a.example/A', false],
    ['uri', 'spiffe://a.example/a', 'url', 'spiffe://a.example/a,b', false],
    ['ip', '2001:DB8:0::7', 'ip', '2001:db8::7', true],
    ['ip', '192.0.2.7', 'ip', '192.0.2.7', true],
    ['ip', '192.0.2.7', 'ip', '::ffff:192.0.2.7', false],
    ['ip', '2001:db8::7', 'dns', '2001:db8::7', false],
    ['email', 'Ann@Example.com', 'email', 'Ann@example.COM', true],
    ['email', 'Ann@example.com', 'email', 'ann@example.com', false],
  ])('compares the alternative name %s %s with %s %s: %s', async (member, value, type, certified, isKnown) => {
    const others = [
      { type: 'dns' as const, value: 'other' },
      { type: 'url' as const, value: 'urn:x' },
    ];
    const registered = client({ [`tls_client_auth_san_${member}`]: value });
    const { cert } = await ROOT.issue({ subject: `CN=${value}`, names: [...others, { type, value: certified }] });
    expect((await VERIFIER.verify(cert, registered)) !== undefined).toBe(isKnown);
    const { cert: without } = await ROOT.issue({ subject: `CN=${value}`, names: others });
    expect(await VERIFIER.verify(without, registered)).toBeUndefined();
  });

  it('returns the thumbprint, and when the certificate ends', async () => {
    const { cert } = await ROOT.issue(NAMED);
    const { fingerprint256, validTo } = new X509Certificate(cert);
    expect(await VERIFIER.verify(cert, BY_DNS)).toEqual({
      thumbprint: Buffer.from(fingerprint256.replaceAll(':', ''), 'hex').toString('base64url'),
      expiresAt: Date.parse(validTo) / 1000,
    });
    expect(await VERIFIER.verify(rawOf(cert), BY_DNS)).toEqual(await VERIFIER.verify(cert, BY_DNS));
  });

  it.each<[what: string, contents: Contents, isTrusted: boolean]>([
    ['that is as it should be', {}, true],
    ['that has expired', { hours: [-2, -0.01] }, false],
    ['that is not valid yet', { hours: [0.01, 1] }, false],
    ['of a server', { usage: ExtendedKeyUsage.serverAuth }, false],
    ['of a key that may not sign', { extensions: [usage(KeyUsageFlags.keyEncipherment)] }, false],
    ['of a key that may sign', { extensions: [usage(KeyUsageFlags.digitalSignature)] }, true],
    ['with a critical extension that nobody understands', { extensions: [unknown(true)] }, false],
    ['with another extension that nobody understands', { extensions: [unknown(false)] }, true],
    ['with an extension twice', { extensions: [unknown(false), unknown(false)] }, false],
    ['of a key of 1,024 bits', { keys: WEAK }, false],
    ['of a key of 2,048 bits', { keys: STRONG }, true],
  ])('judges a certificate %s', async (_, contents, isTrusted) => {
    const { cert } = await ROOT.issue({ ...NAMED, ...contents });
    expect((await VERIFIER.verify(cert, BY_DNS)) !== undefined).toBe(isTrusted);
  });

  it.each<[what: string, between: AuthorityContents, isTrusted: boolean]>([
    ['that is as it should be', {}, true],
    ['that has expired', { hours: [-2, -1] }, false],
    ['that is no authority', { ca: false }, false],
    ['that may sign certificates', { extensions: [usage(KeyUsageFlags.keyCertSign)] }, true],
    ['that may not sign certificates', { extensions: [usage(KeyUsageFlags.digitalSignature)] }, false],
    [
      'that is limited to some names',
      { extensions: [new Extension('2.5.29.30', false, Buffer.from('3000', 'hex'))] },
      false,
    ],
    ['that signs with SHA-1', { hash: 'SHA-1' }, false],
    ['that signs with SHA-384', { hash: 'SHA-384' }, true],
    ['of another root of the same name', { issuer: SAME_NAME }, false],
  ])('judges a path over an authority %s', async (_, contents, isTrusted) => {
    const between = await newAuthority('CN=Between', { issuer: ROOT, ...contents });
    const { cert } = await between.issue(NAMED);
    expect((await VERIFIER.verify(cert + between.cert, BY_DNS)) !== undefined).toBe(isTrusted);
    expect(await VERIFIER.verify(cert, BY_DNS)).toBeUndefined();
  });

  it('follows a path in any order, as far as its authorities allow', async () => {
    const [upper, lower] = [
      await newAuthority('CN=Upper', { issuer: ROOT, pathLength: 0 }),
      await newAuthority('CN=Upper', { issuer: ROOT }),
    ];
    const pathOf = async (issuer: typeof upper) => {
      const between = await newAuthority('CN=Between', { issuer });
      const { cert } = await between.issue(NAMED);
      return [cert + between.cert + issuer.cert, cert + issuer.cert + between.cert, between.cert + cert + issuer.cert];
    };
    const known = async (issuer: typeof upper) =>
      Promise.all((await pathOf(issuer)).map(async (path) => (await VERIFIER.verify(path, BY_DNS)) !== undefined));
    expect(await known(lower)).toEqual([true, true, false]);
    expect(await known(upper)).toEqual([false, false, false]);
  });

  it('refuses the certificate of another authority of the same name, and one that signed itself', async () => {
    const { cert } = await SAME_NAME.issue(NAMED);
    expect(await VERIFIER.verify(cert, BY_DNS)).toBeUndefined();
    expect(await VERIFIER.verify(cert + SAME_NAME.cert, BY_DNS)).toBeUndefined();
    expect(await VERIFIER.verify(cert + ROOT.cert, BY_DNS)).toBeUndefined();
    expect(await (await verifierOf(ROOT.cert + SAME_NAME.cert)).verify(cert, BY_DNS)).toBeDefined();
    const own = await newAuthority('CN=orders');
    expect(await VERIFIER.verify(own.cert, client({ tls_client_auth_subject_dn: 'CN=orders' }))).toBeUndefined();
  });

  it('follows the path of a certificate whoever its client is: the time does not tell who exists', async () => {
    const { cert } = await SAME_NAME.issue(NAMED);
    const verified = jest.spyOn(X509Certificate.prototype, 'verify');
    try {
      for (const one of [
        BY_DNS,
        client({ tls_client_auth_san_dns: 'other.example.com' }),
        client({}, 'self_signed_tls_client_auth'),
        client({}, 'client_secret_basic'),
        { id: 'unknown' },
      ]) {
        verified.mockClear();
        expect([await VERIFIER.verify(cert, one), verified.mock.calls.length]).toEqual([undefined, 1]);
      }
    } finally {
      verified.mockRestore();
    }
  });

  it('refuses every certificate where no authority is configured', async () => {
    const { cert } = await ROOT.issue(NAMED);
    expect(await (await verifierOf('')).verify(cert, BY_DNS)).toBeUndefined();
    expect(LOG.text()).toContain('A certificate of the client "orders" was refused: no authorities are configured.');
  });

  it('refuses a client without a name, with two names, and of another method', async () => {
    const { cert } = await ROOT.issue({ subject: 'CN=orders', ...NAMED });
    const { tls_client_auth_san_dns } = { tls_client_auth_san_dns: 'orders.example.com', ...BY_DNS };
    expect(await VERIFIER.verify(cert, client({}))).toBeUndefined();
    const two = { tls_client_auth_san_dns, tls_client_auth_subject_dn: 'CN=orders' };
    expect(await VERIFIER.verify(cert, client(two))).toBeUndefined();
    for (const method of ['none', 'private_key_jwt', 'client_secret_basic'])
      expect(await VERIFIER.verify(cert, { ...BY_DNS, token_endpoint_auth_method: method })).toBeUndefined();
  });

  it('reads up to five certificates and 64 KiB, and nothing that is malformed', async () => {
    const { cert } = await ROOT.issue(NAMED);
    expect(await VERIFIER.verify(`a comment\r\n${cert.replaceAll('\n', '\r\n')}`, BY_DNS)).toBeDefined();
    expect(await VERIFIER.verify(cert + ROOT.cert.repeat(4), BY_DNS)).toBeDefined();
    const der = rawOf(cert);
    const flipped = Buffer.from(der).fill(0, 10, 14);
    for (const presented of [
      '',
      'certificate',
      cert + ROOT.cert.repeat(5),
      cert + ' '.repeat(65_536),
      cert.replace('MII', 'AII'),
      cert + cert.replace('MII', 'AII'),
      cert.slice(0, -40),
      Buffer.concat([der, Buffer.from('more')]),
      der.subarray(0, -1),
      flipped,
      Buffer.from(cert),
      new Uint8Array(),
    ])
      expect(await VERIFIER.verify(presented, BY_DNS)).toBeUndefined();
  });
});

describe('self_signed_tls_client_auth', () => {
  const METHOD = 'self_signed_tls_client_auth';
  const withKeys = (...keys: object[]) => client({ jwks: { keys } }, METHOD);
  const jwkOf = (pem: string) => new X509Certificate(pem).publicKey.export({ format: 'jwk' });
  const OTHER = jwkOf(ROOT.cert);

  it.each<[what: string, keysFor: (cert: string) => object[], isKnown: boolean]>([
    ['the certificate itself', (cert) => [OTHER, { ...jwkOf(cert), x5c: [rawOf(cert).toString('base64')] }], true],
    ['its key alone', (cert) => [OTHER, { ...jwkOf(cert), use: 'sig', kid: 'a' }], true],
    ['another key', () => [OTHER], false],
    ['its key for encryption', (cert) => [{ ...jwkOf(cert), use: 'enc' }], false],
    ['it as the second of a chain', (cert) => [{ ...OTHER, x5c: [ROOT.cert, rawOf(cert).toString('base64')] }], false],
    ['no key', () => [], false],
  ])('compares the certificate with what is registered: %s', async (_, keysFor, isKnown) => {
    const { cert } = await newAuthority('CN=orders');
    const proven = await VERIFIER.verify(cert, withKeys(...keysFor(cert)));
    expect(proven !== undefined).toBe(isKnown);
  });

  it('refuses a certificate of a key of 1,024 bits', async () => {
    for (const [keys, isKnown] of [
      [WEAK, false],
      [STRONG, true],
    ] as const) {
      const { cert } = await ROOT.issue({ keys });
      expect((await VERIFIER.verify(cert, withKeys(jwkOf(cert)))) !== undefined).toBe(isKnown);
    }
  });

  it('asks no authority, and takes no certificate of another key by its name', async () => {
    const { cert } = await ROOT.issue({ subject: 'CN=orders', ...NAMED });
    expect(await (await verifierOf('')).verify(cert, withKeys(jwkOf(cert)))).toBeDefined();
    expect(await VERIFIER.verify(cert, { ...BY_DNS, ...withKeys(OTHER) })).toBeUndefined();
  });

  it('refuses a certificate that has expired or is not valid yet, registered or not', async () => {
    for (const hours of [
      [-2, -0.01],
      [0.01, 1],
    ] as [number, number][]) {
      const { cert } = await newAuthority('CN=orders', { hours });
      const x5c = [rawOf(cert).toString('base64')];
      expect(await VERIFIER.verify(cert, withKeys({ ...jwkOf(cert), x5c }))).toBeUndefined();
    }
  });

  it('refuses at start an authority that has an extension twice', async () => {
    const { cert } = await newAuthority('CN=Twice', { extensions: [unknown(false), unknown(false)] });
    await expect(verifierOf(ROOT.cert + cert)).rejects.toThrow(/malformed, or has an extension twice/);
  });
});

function usage(flags: KeyUsageFlags): Extension {
  return new KeyUsagesExtension(flags, true);
}

function unknown(critical: boolean): Extension {
  return new Extension('1.2.3.4', critical, Buffer.from('0500', 'hex'));
}

function rsa(modulusLength: number): Promise<KeysOfCertificate> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength, publicExponent: Buffer.of(1, 0, 1) };
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}
