import { Injectable } from '@nestjs/common';
import type { Session } from '../database/prepared-database.js';
import { requireMatch } from '../http/preconditions.js';
import { OAuthError } from '../oauth-error/oauth-error.js';
import { currentExpiry, sameSecrets, type SecretSet } from '../secrets/secret-set.js';
import { answerOf, etagOf, type ClientAnswer } from './client-answer.js';
import type { ClientMetadata } from './client-metadata.js';
import { Client, DOCUMENT_SHAPE } from './client.entity.js';
import { ClientStatements, type CurrentClient } from './client.statements.js';

/** Races that a change may lose before it locks the client. */
const RACES = 3;

/** What a change makes of a client. */
export interface Edited {
  metadata: ClientMetadata;
  /** The newest first. */
  secrets: SecretSet;
  /** Members that the answer shows this once. */
  once?: object;
}

/** @throws OAuthError when the change is not to be; then nothing is written */
type Edit = (current: CurrentClient) => Edited | Promise<Edited>;

/**
 * Changes clients so that no change is lost: each is made to the state that it was read from, or made again. Reading,
 * editing and writing begin anew when somebody else came between, under a lock after some tries.
 */
@Injectable()
export class ClientWriter {
  constructor(private readonly statements: ClientStatements) {}

  /**
   * Makes the next version of a client, unless the edit leaves it as it is.
   *
   * @param ifMatch the header of that name
   * @throws OAuthError 404 for an unknown client, 412 when `ifMatch` does not hold, and what `edit` throws
   */
  edit(id: string, ifMatch: string | undefined, edit: Edit): Promise<ClientAnswer> {
    return this.untilWon(id, ifMatch, async (current, session) => {
      const { metadata, secrets, once } = await edit(current);
      // The member tells when the current secret ends (RFC 7591 §3.2.1), and comes from that secret alone.
      metadata.client_secret_expires_at = currentExpiry(secrets);
      const next = nextOf(current.client, metadata);
      const changes = next.document !== current.client.document || !sameSecrets(secrets, current.secrets);
      if (!changes && current.client.shape === DOCUMENT_SHAPE) return answerOf(id, current.client, once);
      next.updatedAt = laterThan(current.client.updatedAt);
      next.render(metadata);
      const isWritten = await this.statements.update(current, next, next.terms(metadata), secrets, session);
      return isWritten ? answerOf(id, next, once) : undefined;
    });
  }

  /**
   * Removes a client.
   *
   * @throws OAuthError 404, 412
   */
  async remove(id: string, ifMatch?: string): Promise<void> {
    await this.untilWon(id, ifMatch, async (current, session) =>
      (await this.statements.remove(current, session)) ? true : undefined,
    );
  }

  private async untilWon<T>(
    id: string,
    ifMatch: string | undefined,
    attempt: (current: CurrentClient, session?: Session) => Promise<T | undefined>,
  ): Promise<T> {
    const run = async (session?: Session): Promise<T | undefined> => {
      const current = await this.statements.load(id, session);
      if (!current) throw OAuthError.unknownClient();
      requireMatch(ifMatch, etagOf(current.client));
      return attempt(current, session);
    };
    for (let lost = 0; ; lost += 1) {
      const won = await (lost < RACES ? run() : this.statements.exclusively(id, run));
      if (won !== undefined) return won;
    }
  }
}

function nextOf(client: Client, metadata: ClientMetadata): Client {
  const next = Object.assign(new Client(), client, { version: client.version + 1, shape: DOCUMENT_SHAPE });
  next.render(metadata);
  return next;
}

/** Now, but never before what stands: the clocks of two processes may differ. */
function laterThan(updatedAt: string): string {
  const now = new Date().toISOString();
  return now > updatedAt ? now : updatedAt;
}
