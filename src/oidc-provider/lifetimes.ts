import type { ClientLifespans } from '../clients/lifespans/client-lifespans.js';
import type { TokenKind } from '../clients/lifespans/effective-lifespans.js';
import { registeredClient } from './registered-clients.js';
import type { ProviderClient, ProviderRequest } from './provider-types.js';

/** Longest lifetime, in seconds: a hundred years. The end of a longer one is no date that every database keeps. */
const LONGEST = 3_155_760_000;
/** Lifetime of a grant that no token outlives, in seconds: 14 days, as the provider's own. */
const SHORTEST_GRANT = 1_209_600;
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

/** What is needed of a token of the provider. */
interface Token {
  /** The grants that led to it, the first one first, separated by spaces. */
  gty?: string;
  isSenderConstrained?: () => boolean;
}

/** A lifetime of the provider's configuration, in seconds. */
type Lifetime = (request: ProviderRequest | undefined, token: Token, client?: ProviderClient) => number;

/** The lifetimes of the provider's tokens, as the clients of the registry have them. A value of `ttl` in its configuration. */
export function lifetimes(lifespans: ClientLifespans): Record<string, Lifetime> {
  const seconds = (client: object = {}, grant: string, kind: TokenKind): number => {
    const effective = lifespans.of(registeredClient(client) ?? {});
    // Grants that the registry has no lifespans for have those of the code grant.
    const lifespan = effective[grant]?.[kind] ?? effective['authorization_code']?.[kind];
    return Math.min(Math.max(lifespan?.seconds ?? 0, 1), LONGEST);
  };
  const longest = (client: object, kind: TokenKind) =>
    Math.max(...['authorization_code', 'refresh_token', DEVICE_CODE].map((grant) => seconds(client, grant, kind)));
  return {
    ClientCredentials: (_, _token, client) => seconds(client, 'client_credentials', 'access_token'),
    AccessToken: (_, token, client) => seconds(client, grantOf(token), 'access_token'),
    IdToken: (request, _token, client) => seconds(client, grantOfRequest(request), 'id_token'),
    RefreshToken: (request, token, client) => {
      const lifetime = seconds(client, grantOf(token), 'refresh_token');
      // How long the token would have lived that it replaces.
      const rest = request?.oidc.entities.RotatedRefreshToken?.remainingTTL;
      // Whoever stole the token of a public client must not keep it alive (RFC 9700 §4.14.2).
      const isFree =
        registeredClient(client ?? {})?.token_endpoint_auth_method === 'none' && !token.isSenderConstrained?.();
      return isFree && rest !== undefined ? Math.max(Math.min(lifetime, rest), 1) : lifetime;
    },
    Grant: (request, _grant, client) => {
      // A host makes it of the id of a client.
      const of = client ?? request?.oidc.entities.Client ?? {};
      return Math.max(SHORTEST_GRANT, longest(of, 'access_token'), longest(of, 'refresh_token'));
    },
  };
}

/** The `grant_type` that issues a token: the provider notes a short name for that of devices. */
function grantOf({ gty = '' }: Token): string {
  const grant = gty.split(' ').at(-1) ?? '';
  return grant === 'device_code' ? DEVICE_CODE : grant;
}

/** The `grant_type` of a request; outside the token endpoint, it is the implicit one. */
function grantOfRequest(request: ProviderRequest | undefined): string {
  const { grant_type: grant } = (request?.oidc.params ?? {}) as { grant_type?: string };
  return grant ?? 'implicit';
}
