import { RawJson } from '../json/json-text.js';
import { ClientAnswer, etagOf } from '../clients/store/client-answer.js';
import type { CurrentClient } from '../clients/store/client.statements.js';
import type { ClientMetadata } from '../clients/metadata/client-metadata.js';
import { registeredMembers } from '../clients/metadata/standard/registered-members.js';
import type { HandedOut } from '../clients/writing/client-creation.js';

/** Members that are not copied from the metadata: `metadata` is for administrators, and the expiry is shown only with a secret. */
const NOT_SHOWN = new Set<string>(['metadata', 'client_secret_expires_at'] satisfies (keyof ClientMetadata)[]);

/** The answer that shows a client to itself (RFC 7591 §3.2.1, RFC 7592 §3). */
export class ClientConfiguration extends ClientAnswer {
  /** The `registration_client_uri` of the client; `undefined` for a client that cannot manage itself. */
  readonly place: string | undefined;

  /**
   * @internal
   * @param current the client
   * @param once the secret, if it is issued now; the registration access token and `registration_client_uri`
   * @param metadata of the client. Default: parsed from its document, which takes time
   */
  constructor(
    current: Pick<CurrentClient, 'client' | 'secrets'>,
    once: HandedOut,
    metadata: ClientMetadata = current.client.readMetadata(),
  ) {
    const { client } = current;
    super(client.id, etagOf(client), configurationText(current, once, metadata));
    this.place = once.registration_client_uri;
  }
}

/** Returns the client as JSON text: unset members are left out, never `null` or `''`, which strict clients reject. */
function configurationText(
  { client, secrets }: Pick<CurrentClient, 'client' | 'secrets'>,
  once: HandedOut,
  metadata: ClientMetadata,
): string {
  const credentials: [string, unknown][] = [
    ['client_id', client.id],
    ['client_secret', once.client_secret],
    ['client_id_issued_at', Math.floor(Date.parse(client.createdAt) / 1000)],
    ['client_secret_expires_at', secrets.length > 0 ? metadata.client_secret_expires_at : undefined],
    ['registration_access_token', once.registration_access_token],
    ['registration_client_uri', once.registration_client_uri],
  ];
  const members = [...registeredMembers(metadata)].filter(([name]) => !NOT_SHOWN.has(name));
  const times: [string, unknown][] = [
    ['created_at', client.createdAt],
    ['updated_at', client.updatedAt],
  ];
  const shown = [...credentials, ...members, ...times].filter(([, value]) => value !== undefined);
  return `{${shown.map(([name, value]) => `"${name}":${RawJson.write(value)}`).join(',')}}`;
}
