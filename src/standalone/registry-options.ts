import type { ClientsModuleOptions } from '../clients/clients.options.js';
import { isPem } from '../authentication/mtls/pem.js';
import { ConfigError, type Config } from './config/config.js';
import { textOfFile } from './config/setting-files.js';

/**
 * Returns the options of the module, with the contents of the file that `CLIENT_CERTIFICATE_CA` names.
 *
 * @throws ConfigError when a file cannot be used
 */
export function registryOptions(config: Config): ClientsModuleOptions {
  const { clientsOptions, CLIENT_CERTIFICATE_CA } = config;
  const authorities = CLIENT_CERTIFICATE_CA && textOfFile(config, 'CLIENT_CERTIFICATE_CA');
  if (authorities !== '' && !isPem(authorities))
    throw new ConfigError('CLIENT_CERTIFICATE_CA names a file that does not hold certificates in PEM.');
  return { ...clientsOptions, authentication: { ...clientsOptions.authentication, certificates: { authorities } } };
}
