import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { checkServerIdentity, createSecureContext, type ConnectionOptions } from 'node:tls';

/** How a connection is made: with TLS, or in the clear. */
export type Encryption = ConnectionOptions | false;

/** What a URL says about TLS. */
export interface UrlTls {
  /** The URL without the parameters that {@link readUrlTls} reads. */
  url: string;
  /** Returns the ways to connect to a host, in the order in which they are tried; absent when the URL says nothing about TLS. */
  encryptions?: (host: string) => Encryption[];
}

/** The ways that each `sslmode` tries, in order. */
const WAYS: Record<string, readonly ('tls' | 'clear')[]> = {
  disable: ['clear'],
  allow: ['clear', 'tls'],
  prefer: ['tls', 'clear'],
  require: ['tls'],
  'verify-ca': ['tls'],
  'verify-full': ['tls'],
};

/** Value of `sslrootcert` that is not a file: the authorities that Node trusts. */
const SYSTEM = 'system';
const FULL = 'verify-full';
/** The TLS parameter that the driver itself reads. */
const OTHER = 'sslnegotiation';
const READ = ['ssl', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'uselibpqcompat'];

/**
 * Reads `sslmode`, `sslrootcert`, `sslcert` and `sslkey` of a `postgres://` URL, with libpq's meaning instead of pg's. There is no default
 * file, and without any of the parameters there is no TLS.
 *
 * @throws Error that says what is wrong, and never repeats a value
 */
export function readUrlTls(url: string): UrlTls {
  const [address = '', ...rest] = url.split('?');
  const query = new URLSearchParams(rest.join('?'));
  const unknown = [...query.keys()].find((name) => name.startsWith('ssl') && ![OTHER, ...READ].includes(name));
  if (unknown !== undefined) throw new Error(`${unknown.slice(0, 32)} is not supported`);
  const mode = modeOf(query);
  if (mode === undefined) return { url };
  const files = filesOf(query, mode);
  for (const name of READ) query.delete(name);
  const encryptions = (host: string): Encryption[] =>
    // A Unix socket has no TLS, whatever the mode.
    host.startsWith('/') ? [false] : (WAYS[mode] ?? []).map((way) => way === 'tls' && files.optionsFor(host));
  return { url: query.size > 0 ? `${address}?${query.toString()}` : address, encryptions };
}

/** Returns the `sslmode`, given or implied; `undefined` when the URL says nothing about TLS. */
function modeOf(query: URLSearchParams): string | undefined {
  const ssl = query.get('ssl');
  if (ssl !== null && ssl !== 'true') throw new Error('ssl must be true, or sslmode must say more');
  const isSystem = query.get('sslrootcert') === SYSTEM;
  const mode = query.get('sslmode') ?? (isSystem ? FULL : ssl === null ? undefined : 'require');
  if (mode !== undefined && !Object.hasOwn(WAYS, mode))
    throw new Error(`sslmode must be one of ${Object.keys(WAYS).join(', ')}`);
  const file = ['sslrootcert', 'sslcert', 'sslkey'].find((name) => query.has(name));
  if (mode === undefined && file !== undefined)
    throw new Error(`${file} needs sslmode, such as sslmode=${FULL}, which verifies the server`);
  if (isSystem && mode !== FULL) throw new Error(`sslrootcert=${SYSTEM} needs sslmode=${FULL}`);
  if (mode?.startsWith('verify') && !query.get('sslrootcert'))
    throw new Error(`sslmode=${mode} needs sslrootcert: a file of certificates, or ${SYSTEM} with sslmode=${FULL}`);
  if (query.has('sslcert') !== query.has('sslkey')) throw new Error('sslcert and sslkey must both be set, or neither');
  return mode;
}

function filesOf(query: URLSearchParams, mode: string): TlsFiles {
  const fileOf = (name: string) => (query.has(name) ? new TlsFile(name, query.get(name) ?? '') : undefined);
  const ca = query.get('sslrootcert') === SYSTEM ? undefined : fileOf('sslrootcert');
  return new TlsFiles(mode, { ca, cert: fileOf('sslcert'), key: fileOf('sslkey') });
}

/** A file that each new connection reads again; while it cannot be read, its last content is used. */
class TlsFile {
  private text: string;

  /** @throws Error that names the parameter */
  constructor(
    readonly parameter: string,
    private readonly path: string,
  ) {
    try {
      this.text = readFileSync(path, 'utf8');
    } catch {
      throw new Error(`${parameter} names a file that cannot be read`);
    }
  }

  get latest(): string {
    try {
      this.text = readFileSync(this.path, 'utf8');
    } catch {
      // The file is being replaced; if it stays unreadable, the next start reports that.
    }
    return this.text;
  }
}

/** The files of a URL. */
class TlsFiles {
  /** @throws Error that names the parameter whose file cannot be used */
  constructor(
    private readonly mode: string,
    private readonly files: Record<'ca' | 'cert' | 'key', TlsFile | undefined>,
  ) {
    const { ca, cert, key } = files;
    if (ca) requireUsable('sslrootcert names a file without certificates', () => new X509Certificate(ca.latest));
    if (cert && key)
      requireUsable('sslcert and sslkey do not name a certificate and its key', () =>
        createSecureContext({ cert: cert.latest, key: key.latest }),
      );
  }

  /** Returns the TLS options for a host. With authorities, every mode verifies the chain; `verify-full` also verifies the host's name. */
  optionsFor(host: string): ConnectionOptions {
    const isFull = this.mode === FULL;
    const options: ConnectionOptions = {
      minVersion: 'TLSv1.2',
      rejectUnauthorized: isFull || this.files.ca !== undefined,
      // Earlier releases of pg verify the name `localhost` where the host is an address.
      checkServerIdentity: (_, certificate) => (isFull ? checkServerIdentity(host, certificate) : undefined),
    };
    for (const [name, file] of Object.entries(this.files))
      if (file) Object.defineProperty(options, name, { enumerable: true, configurable: true, get: () => file.latest });
    return options;
  }
}

function requireUsable(fault: string, use: () => unknown): void {
  try {
    use();
  } catch {
    throw new Error(fault);
  }
}
