import { createHash, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { OAuthError } from '../oauth-error/oauth-error.js';
import { generateSecret, TOKEN_PREFIX } from '../secrets/secret-format.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { readInput } from './client-input.js';
import { CLIENT_RULES, usesSecret } from './client-metadata.rules.js';
import { CLIENT_ID_MAX_LENGTH, ClientInput } from './client.dto.js';
import { Client } from './client.entity.js';
import { ClientStatements, type StoredClient } from './client.statements.js';
import { CLIENTS_OPTIONS, type ClientsModuleOptions } from './clients.options.js';
import { checkSectorIdentifier } from './sector-identifier.js';

const DEFAULT_PUBLIC_URL = 'http://127.0.0.1:4444';

/** One client as it goes out: `json` is what the admin API shows, as text. */
export interface ClientAnswer {
  id: string;
  /** Strong entity tag (RFC 9110 §8.8.3). */
  etag: string;
  json: string;
}

/** Creates and finds clients. */
@Injectable()
export class ClientsService {
  private readonly registrationUrl: string;

  constructor(
    private readonly statements: ClientStatements,
    private readonly secrets: SecretsService,
    @Inject(CLIENTS_OPTIONS) private readonly options: ClientsModuleOptions,
  ) {
    this.registrationUrl = `${options.publicUrl ?? DEFAULT_PUBLIC_URL}/oauth2/register/`;
  }

  /**
   * Creates a client. The answer holds its secret and its registration access token in clear, this once.
   *
   * @param body members of `ClientInput`; what is left out takes its default, unknown and server-owned members are ignored
   * @throws OAuthError 400 with every fault of the body; 409 when the id is taken
   */
  async create(body: unknown): Promise<ClientAnswer> {
    const input = await readInput(ClientInput, body, CLIENT_RULES);
    await checkSectorIdentifier(input, this.options.outbound ?? {});
    const id = input.client_id || randomUUID();
    const secret = usesSecret(input)
      ? await this.secrets.issue(id, input.client_secret, input.client_secret_expires_at)
      : undefined;
    // The member tells when the current secret ends (RFC 7591 §3.2.1); without one there is nothing to end.
    input.client_secret_expires_at = secret?.row.expiresAt ?? 0;
    const token = generateSecret(TOKEN_PREFIX);
    const now = new Date().toISOString();
    const registrationTokenDigest = createHash('sha256').update(token).digest('hex');
    const client = Object.assign(new Client(), { id, createdAt: now, updatedAt: now, registrationTokenDigest });
    client.render(input);
    const written = await this.statements.insert(client, client.terms(input), secret?.row);
    if (!written) throw OAuthError.conflict(`A client with the client_id ${id} exists already: choose another one.`);
    const once = {
      client_secret: secret?.clear,
      registration_access_token: token,
      registration_client_uri: this.registrationUrl + encodeURIComponent(id),
    };
    return { id, etag: etagOf(client), json: `${client.document.slice(0, -1)},${JSON.stringify(once).slice(1)}` };
  }

  /**
   * One client, without anything secret.
   *
   * @throws OAuthError 404
   */
  async get(id: string): Promise<ClientAnswer> {
    // What no client can be called is answered before the database is asked.
    const stored = id.length > CLIENT_ID_MAX_LENGTH || id.includes('\0') ? undefined : await this.statements.find(id);
    if (!stored) throw OAuthError.notFound('There is no client with this client_id.');
    return { id, etag: etagOf(stored), json: stored.document };
  }
}

function etagOf({ tag, version, shape }: StoredClient): string {
  return `"${tag}.${version}.${shape}"`;
}
