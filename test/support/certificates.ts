import { webcrypto, X509Certificate } from 'node:crypto';
import {
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type JsonGeneralNames,
} from '@peculiar/x509';

type Provider = Parameters<typeof cryptoProvider.set>[0];
cryptoProvider.set(webcrypto as unknown as Provider);

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const HOUR = 3_600_000;

/** A certificate and its key, in PEM. */
export interface Certified {
  cert: string;
  key: string;
}

/** What stands in a certificate. */
export interface Contents {
  /** RFC 4514, but the highest level first. Default empty. */
  subject?: string;
  names?: JsonGeneralNames;
  /** When it begins and ends, in hours from now. Default from one hour ago to one ahead. */
  hours?: [from: number, to: number];
  /** Default a client. */
  usage?: ExtendedKeyUsage;
  /** Beside those for names and usage. Default none. */
  extensions?: Extension[];
  /** Default ECDSA on P-256 with SHA-256. */
  keys?: KeysOfCertificate;
}

/** What stands in the certificate of an authority. */
export interface AuthorityContents extends Pick<Contents, 'hours' | 'extensions'> {
  /** Default itself. */
  issuer?: Authority;
  /** How many authorities may lie below it. Default any number. */
  pathLength?: number;
  /** May it issue certificates? Default true. */
  ca?: boolean;
  /** Hash of its signatures. Default SHA-256. */
  hash?: string;
}

/** An authority of certificates. */
export interface Authority extends Certified {
  issue: (contents: Contents) => Promise<Certified>;
  /** Signs what {@link newAuthority} makes of an authority below this one. */
  sign: (unsigned: Unsigned) => Promise<X509Made>;
}

type X509Made = Awaited<ReturnType<typeof X509CertificateGenerator.create>>;
type Unsigned = Pick<Parameters<typeof X509CertificateGenerator.create>[0], 'subject' | 'publicKey' | 'extensions'> &
  Pick<Contents, 'hours'>;
/** A key pair. */
export type KeysOfCertificate = Parameters<typeof X509CertificateGenerator.createSelfSigned>[0]['keys'];

function newKeys(): Promise<KeysOfCertificate> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

async function pemOf({ privateKey }: KeysOfCertificate): Promise<string> {
  const bytes = await webcrypto.subtle.exportKey('pkcs8', privateKey);
  return `-----BEGIN PRIVATE KEY-----\n${Buffer.from(bytes).toString('base64')}\n-----END PRIVATE KEY-----\n`;
}

/** A new authority. */
export async function newAuthority(name = 'CN=Authority', options: AuthorityContents = {}): Promise<Authority> {
  const { issuer, pathLength, ca = true, hash = 'SHA-256', extensions = [], hours } = options;
  const keys = await newKeys();
  const signer = (issuerName: string) => (unsigned: Unsigned) =>
    X509CertificateGenerator.create({
      ...unsigned,
      issuer: issuerName,
      signingKey: keys.privateKey,
      signingAlgorithm: { ...ALGORITHM, hash },
      notBefore: new Date(Date.now() + (unsigned.hours ?? [-1])[0] * HOUR),
      notAfter: new Date(Date.now() + (unsigned.hours ?? [0, 1])[1] * HOUR),
    });
  const own = await (issuer?.sign ?? signer(name))({
    subject: name,
    publicKey: keys.publicKey,
    extensions: [new BasicConstraintsExtension(ca, pathLength, true), ...extensions],
    hours,
  });
  const sign = signer(own.subject);
  const issue = async ({ subject = '', names = [], usage, ...contents }: Contents): Promise<Certified> => {
    const ownKeys = contents.keys ?? (await newKeys());
    const certificate = await sign({
      subject,
      publicKey: ownKeys.publicKey,
      hours: contents.hours,
      extensions: [
        new ExtendedKeyUsageExtension([usage ?? ExtendedKeyUsage.clientAuth]),
        new SubjectAlternativeNameExtension(names),
        ...(contents.extensions ?? []),
      ],
    });
    return { cert: certificate.toString('pem'), key: await pemOf(ownKeys) };
  };
  return { cert: own.toString('pem'), key: await pemOf(keys), issue, sign };
}

/** The certificate of a server that is reached as `localhost` and 127.0.0.1. */
export function forServer(authority: Authority): Promise<Certified> {
  const names: JsonGeneralNames = [
    { type: 'dns', value: 'localhost' },
    { type: 'ip', value: '127.0.0.1' },
  ];
  return authority.issue({ subject: 'CN=localhost', names, usage: ExtendedKeyUsage.serverAuth });
}

/** A certificate as a proxy passes it on (RFC 9440 §2.1). */
export function passedOn(cert: string): string {
  return `:${new X509Certificate(cert).raw.toString('base64')}:`;
}
