import type { Rule } from '../../../fields/rule.js';
import { faultAt, type Fault } from '../../../oauth-error/oauth-error.js';
import { ClientMetadata, METADATA_FIELDS } from '../client-metadata.js';
import { encryptionBeside } from '../members/encryption.field.js';
import { usesOf } from './grants-and-responses.js';

const CIBA = 'urn:openid:params:grant-type:ciba';

/** The members for content encryption, each with the member for its JWE algorithm. */
const ENCRYPTIONS = METADATA_FIELDS.flatMap(({ name }) => {
  const alg = encryptionBeside(ClientMetadata, name);
  return alg === undefined ? [] : [{ enc: name as keyof ClientMetadata, alg: alg as keyof ClientMetadata }];
});

/** OpenID Connect Registration §2, RFC 9701 §6, JARM §3: no `enc` without `alg`. */
const ENCRYPTION_RULES = ENCRYPTIONS.map(({ enc, alg }): Rule<ClientMetadata> => ({
  reads: [enc, alg],
  check: (metadata) =>
    metadata[enc] !== '' && metadata[alg] === '' ? [faultAt([enc], `needs ${alg}: set it, or leave both out`)] : [],
}));

/** OpenID Connect Registration §2: an ID token that passes through the browser must be signed. */
function idTokensAreSigned(metadata: ClientMetadata): Fault[] {
  const isFromBrowser = usesOf(metadata).response_types.some((type) => type.split(' ').includes('id_token'));
  if (metadata.id_token_signed_response_alg !== 'none' || !isFromBrowser) return [];
  return [faultAt(['id_token_signed_response_alg'], 'must not be none, since one of response_types has id_token')];
}

/** CIBA §4: a client that gets notifications needs an endpoint for them. */
function notificationsHaveEndpoint(metadata: ClientMetadata): Fault[] {
  const { backchannel_token_delivery_mode: mode, backchannel_client_notification_endpoint: endpoint } = metadata;
  if ((mode !== 'ping' && mode !== 'push') || endpoint !== '') return [];
  return [
    faultAt(
      ['backchannel_client_notification_endpoint'],
      `must be set when backchannel_token_delivery_mode is ${mode}`,
    ),
  ];
}

/** CIBA §4 requires the delivery mode. Clients created by an administrator may leave it to the authorization server. */
function cibaHasMode({ grant_types, backchannel_token_delivery_mode }: ClientMetadata): Fault[] {
  if (!grant_types.includes(CIBA) || backchannel_token_delivery_mode !== '') return [];
  return [faultAt(['backchannel_token_delivery_mode'], `must be set when grant_types has ${CIBA}`)];
}

/** The rules of OpenID Connect across members, for every client. */
export const OPENID_RULES: readonly Rule<ClientMetadata>[] = [
  ...ENCRYPTION_RULES,
  { reads: ['id_token_signed_response_alg', 'grant_types', 'response_types'], check: idTokensAreSigned },
  {
    reads: ['backchannel_token_delivery_mode', 'backchannel_client_notification_endpoint'],
    check: notificationsHaveEndpoint,
  },
];

/** The rule of CIBA for a client that registers itself. */
export const CIBA_RULE: Rule<ClientMetadata> = {
  reads: ['grant_types', 'backchannel_token_delivery_mode'],
  check: cibaHasMode,
};
