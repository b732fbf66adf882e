import type { AddressInfo } from 'node:net';
import type { LoggerService } from '@nestjs/common';
import { placeOf } from '../database/dialects.js';
import { isLoopback } from '../http/accepted-hosts.js';
import type { Config } from './config/config.js';
import { urlOf } from './listener/open-server.js';

const CONTEXT = 'Main';

/** Logs which database the service is about to open, without what may be secret in its URL. */
export function announceDatabase(logger: LoggerService, url: string): void {
  logger.log(`Database: ${placeOf(url)}`, CONTEXT);
}

/** Logs one warning that lists variables that have no effect; nothing when there are none. Values are never shown. */
export function warnOfVariables(logger: LoggerService, names: readonly string[]): void {
  if (names.length > 0)
    logger.warn(`Variables that the service does not know, and ignores: ${names.join(', ')}.`, CONTEXT);
}

/** Logs by which methods no client can authenticate, and what to set; nothing when there is no such method. */
export function announceRefusedMethods(logger: LoggerService, { CLIENT_CERTIFICATE_CA, TOKEN_ISSUERS }: Config): void {
  if (CLIENT_CERTIFICATE_CA === '')
    logger.log('No client can authenticate by tls_client_auth: CLIENT_CERTIFICATE_CA is not set.', CONTEXT);
  if (TOKEN_ISSUERS.length === 0)
    logger.log('No client can authenticate by private_key_jwt: TOKEN_ISSUERS is not set.', CONTEXT);
}

/** Logs where the admin listener is and who may use it; a warning when everybody may and other machines may reach it. */
export function announceListener(
  logger: LoggerService,
  at: AddressInfo,
  { DOCS: docs, ADMIN_AUTH, ADMIN_TLS_CERT, isOpen }: Config,
): void {
  const { address } = at;
  logger.log(`Admin API on ${urlOf(at, ADMIN_TLS_CERT !== '')}${docs ? ', Swagger UI at /docs' : ''}.`, CONTEXT);
  if (!isOpen) {
    logger.log(`Access to the admin API: ${ADMIN_AUTH.join(', ')}.`, CONTEXT);
    return;
  }
  const access = 'Access is open: everybody who reaches the listener may administer all clients.';
  if (isLoopback(address)) logger.log(`${access} Only this machine reaches it.`, CONTEXT);
  else
    logger.warn(
      `${access} ${address} is not a loopback address: let only operators reach it, or set ADMIN_AUTH=api-key.`,
      CONTEXT,
    );
}
