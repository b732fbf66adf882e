import { readFileSync } from 'node:fs';
import { ConfigError, type Config } from './config.js';

/** The settings that name a file. */
export type FileSetting =
  | 'ADMIN_MTLS_PRINCIPALS'
  | 'ADMIN_TLS_CERT'
  | 'ADMIN_TLS_KEY'
  | 'ADMIN_TLS_CLIENT_CA'
  | 'PUBLIC_TLS_CERT'
  | 'PUBLIC_TLS_KEY'
  | 'REGISTRATION_POLICIES'
  | 'CLIENT_CERTIFICATE_CA';

/**
 * Reads the file that a setting names.
 *
 * @throws ConfigError when it cannot be read
 */
export function textOfFile(config: Config, setting: FileSetting): string {
  try {
    return readFileSync(config[setting], 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError(`${setting} names a file that cannot be read (${code}).`);
  }
}
