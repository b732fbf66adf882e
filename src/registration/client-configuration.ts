import { RawJson } from '../json/json-text.js';
import { ClientAnswer, etagOf } from '../clients/store/client-answer.js';
import type { CurrentClient } from '../clients/store/client.statements.js';
import type { ClientMetadata } from '../clients/metadata/client-metadata.js';
import { registeredMembers } from '../clients/metadata/standard/registered-members.js';
import type { HandedOut } from '../clients/writing/client-creation.js';

/** What an administrator keeps with a client for himself; the expiry is shown where there is a secret. */
const NOT_SHOWN = new Set<string>(['metadata', 'client_secret_expires_at'] satisfies (keyof ClientMetadata)[]);

/** The answer that shows a client to itself (RFC 7591 §3.2.1, RFC 7592 §3). */
export class ClientConfiguration extends ClientAnswer {
  /** Its `registration_client_uri`; `undefined` for a client that cannot manage itself. */
  readonly place: string | undefined;

  /**
   * @internal
   * @param current the client
   * @param once its secret, if it is issued now; its registration access token and `registration_client_uri`
   * @param metadata that of the client. Default: what its document says, which takes time to read
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

/** The client as JSON text: unset members are left out, never `null` or `''`, which strict clients refuse. */
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
