import { webcrypto, X509Certificate } from 'node:crypto';
import {
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
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
  /** RFC 4514. Default empty. */
  subject?: string;
  names?: JsonGeneralNames;
  /** When it begins and ends, in hours from now. Default from one hour ago to one ahead. */
  hours?: [from: number, to: number];
  /** Default a client. */
  usage?: ExtendedKeyUsage;
}

/** An authority of certificates. */
export interface Authority extends Certified {
  issue: (contents: Contents) => Promise<Certified>;
}

type Keys = Parameters<typeof X509CertificateGenerator.createSelfSigned>[0]['keys'];

function newKeys(): Promise<Keys> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

async function pemOf({ privateKey }: Keys): Promise<string> {
  const bytes = await webcrypto.subtle.exportKey('pkcs8', privateKey);
  return `-----BEGIN PRIVATE KEY-----\n${Buffer.from(bytes).toString('base64')}\n-----END PRIVATE KEY-----\n`;
}

/** A new authority. */
export async function newAuthority(name = 'CN=Authority'): Promise<Authority> {
  const keys = await newKeys();
  const own = await X509CertificateGenerator.createSelfSigned({
    name,
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  });
  const issue = async ({ subject = '', names = [], hours = [-1, 1], usage }: Contents): Promise<Certified> => {
    const { publicKey, ...rest } = await newKeys();
    const certificate = await X509CertificateGenerator.create({
      subject,
      issuer: own.subject,
      publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: ALGORITHM,
      notBefore: new Date(Date.now() + hours[0] * HOUR),
      notAfter: new Date(Date.now() + hours[1] * HOUR),
      extensions: [
        new ExtendedKeyUsageExtension([usage ?? ExtendedKeyUsage.clientAuth]),
        new SubjectAlternativeNameExtension(names),
      ],
    });
    return { cert: certificate.toString('pem'), key: await pemOf({ publicKey, ...rest }) };
  };
  return { cert: own.toString('pem'), key: await pemOf(keys), issue };
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
