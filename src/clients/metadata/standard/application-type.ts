import type { Rule } from '../../../fields/rule.js';
import { isLoopback } from '../../../http/accepted-hosts.js';
import { faultAt, type Fault } from '../../../oauth-error/oauth-error.js';
import type { ClientMetadata } from '../client-metadata.js';
import { webHostOf } from '../values/uri.js';
import { usesOf } from './grants-and-responses.js';

type Application = Pick<ClientMetadata, 'application_type' | 'redirect_uris' | 'grant_types' | 'response_types'>;

function isLocal(host: string): boolean {
  return host === 'localhost' || isLoopback(host);
}

/** OpenID Connect Registration §2: web clients with the implicit grant need https redirect URIs whose host is not this machine. */
function webFault(uri: string): string | undefined {
  const host = webHostOf(uri);
  if (host !== undefined && !isLocal(host) && /^https:/i.test(uri)) return undefined;
  return 'must be an https URL whose host is not this machine: application_type is web, and grant_types has implicit';
}

/**
 * RFC 8252 §7: a private-use scheme, http on the loopback interface, or an https URL that the system passes to the application. OpenID
 * Connect Registration §2 does not allow the last one, but applications register it.
 */
function nativeFault(uri: string): string | undefined {
  const host = webHostOf(uri);
  if (host === undefined || isLocal(host) === /^http:/i.test(uri)) return undefined;
  return `must ${isLocal(host) ? 'use http on this machine' : 'use https, or http on this machine'}, since application_type is native`;
}

/**
 * Returns the rule for the redirect URIs of each type of application (OpenID Connect Registration §2, RFC 8252 §7).
 *
 * @param standard the type of a client whose `application_type` is unset; `undefined` to check nothing for such a client
 */
export function redirectsFitApplication(standard?: 'web'): Rule<Application> {
  const check = (client: Application): Fault[] => {
    const type = client.application_type || standard;
    const isWeb = type === 'web' && usesOf(client).grant_types.includes('implicit');
    const faultOf = isWeb ? webFault : type === 'native' ? nativeFault : () => undefined;
    return client.redirect_uris.flatMap((uri, at) => {
      const text = faultOf(uri);
      return text === undefined ? [] : [faultAt(['redirect_uris', at], text)];
    });
  };
  return { reads: ['application_type', 'redirect_uris', 'grant_types', 'response_types'], check };
}
