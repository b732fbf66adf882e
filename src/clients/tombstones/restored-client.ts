import { ClientSecret } from '../../secrets/client-secret.entity.js';
import { termsOf } from '../metadata/search-terms.js';
import { Client, DOCUMENT_SHAPE } from '../store/client.entity.js';
import type { WrittenClient } from '../store/client.statements.js';
import { laterThan } from '../store/next-version.js';
import type { Tombstone } from '../store/tombstone.entity.js';

/** Returns a removed client in its next version, with its secrets and its search terms. */
export function restoredFrom(tombstone: Tombstone): Omit<WrittenClient, 'entry'> {
  const { clientId: id, tag, document, suspended, registrationTokenDigest, registeredVia, createdAt } = tombstone;
  const client = Object.assign(new Client(), {
    id,
    tag,
    version: tombstone.version + 1,
    shape: DOCUMENT_SHAPE,
    document,
    suspended,
    registrationTokenDigest,
    formerToken: null,
    registeredVia,
    createdAt,
    updatedAt: laterThan(tombstone.deletedAt),
  } satisfies Partial<Client>);
  const metadata = client.readMetadata();
  client.render(metadata);
  const rows = JSON.parse(tombstone.secrets) as ClientSecret[];
  const secrets = rows
    .map((row) => Object.assign(new ClientSecret(), row))
    .toSorted((one, other) => other.clientVersion - one.clientVersion);
  return { client, terms: termsOf(client, metadata), secrets };
}
