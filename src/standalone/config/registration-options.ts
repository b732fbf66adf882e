import type { RegistrationModuleOptions } from '../../registration/registration.options.js';
import { RegistrationPolicies, type PoliciesByName } from '../../registration/policy/registration-policies.js';
import { jsonOfYaml } from '../../json/yaml.js';
import { ConfigError, type Config } from './config.js';
import { textOfFile } from './setting-files.js';

const SETTING = 'REGISTRATION_POLICIES';

/**
 * Returns the options of registration, with the policies in the file that `REGISTRATION_POLICIES` names.
 *
 * @throws ConfigError when the file cannot be used
 */
export function registrationOptions(config: Config): RegistrationModuleOptions {
  const { registrationOptions: options, [SETTING]: file } = config;
  return file === '' ? options : { ...options, policies: policiesIn(textOfFile(config, SETTING)) };
}

/**
 * Returns the names of the policies under which clients register at the service, `default` first.
 *
 * @throws ConfigError when their file cannot be used
 */
export function policyNames(config: Config): string[] {
  return RegistrationPolicies.read(registrationOptions(config).policies).all.map(({ name }) => name);
}

/**
 * Parses policies.
 *
 * @param text YAML, which includes JSON
 */
function policiesIn(text: string): PoliciesByName {
  const read = jsonOfYaml(text);
  if (!('json' in read))
    throw new ConfigError(`${SETTING} names a file that is not YAML${read.fault ? `: see ${read.fault}` : ''}.`);
  const policies = JSON.parse(read.json) as PoliciesByName;
  try {
    RegistrationPolicies.read(policies);
  } catch (error) {
    throw new ConfigError(`${SETTING} names a file that cannot be used: ${(error as Error).message}.`);
  }
  return policies;
}
