import { requireNoFaults } from '../fields/rule.js';
import { fieldsOf } from '../fields/field.js';
import { RawJson } from '../json/json-text.js';
import { faultAt } from '../oauth-error/oauth-error.js';
import { ClientMetadata, METADATA_FIELDS, valueOf } from '../clients/metadata/client-metadata.js';
import { TokenLifespans } from '../clients/metadata/members/token-lifespans.js';

/** A client that registers itself, or changes itself, as a policy judges it. */
export interface PolicedChange {
  /** The client as it is stored; left out when it is new. */
  before?: ClientMetadata;
  /** The members that the body has a value for. */
  sent: ReadonlySet<string>;
  /** The client as it would be by the body alone: what it leaves out has its default. */
  result: ClientMetadata;
}

/** What decides on clients that register themselves. */
export interface RegistrationPolicy {
  name: string;
  /** Do clients get a registration access token (RFC 7592)? */
  givesRegistrationToken: boolean;
  /**
   * Judges a client that registers or changes itself.
   *
   * @returns the metadata to store
   * @throws OAuthError 400 that names every member that is refused
   */
  judge: (change: PolicedChange) => ClientMetadata;
}

/** The members that only an administrator sets. */
const CLOSED: ReadonlySet<string> = new Set([
  ...fieldsOf(TokenLifespans).map(({ name }) => name),
  ...([
    'owner',
    'audience',
    'allowed_cors_origins',
    'metadata',
    'skip_consent',
    'skip_logout_consent',
    'access_token_strategy',
    'client_secret_expires_at',
  ] satisfies (keyof ClientMetadata)[]),
]);

/** The policy of clients that come from no other: what only an administrator sets stays as it is. */
export const CLOSED_POLICY: RegistrationPolicy = {
  name: 'default',
  givesRegistrationToken: true,
  judge({ before = new ClientMetadata(), sent, result }) {
    const closed = METADATA_FIELDS.filter(({ name }) => CLOSED.has(name));
    const changed = closed.filter(
      (field) =>
        sent.has(field.name) && RawJson.write(valueOf(result, field)) !== RawJson.write(valueOf(before, field)),
    );
    requireNoFaults(
      ClientMetadata,
      changed.map(({ name }) => faultAt([name], 'must be left out, or stay as it is: only an administrator sets it')),
    );
    return { ...result, ...Object.fromEntries(closed.map((field) => [field.name, valueOf(before, field)])) };
  },
};
