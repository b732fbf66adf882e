import { Injectable } from '@nestjs/common';
import type { Executor } from '../database/sql/prepared-database.js';
import { requireMatch } from '../http/preconditions.js';
import { OAuthError } from '../oauth-error/oauth-error.js';
import { currentExpiry, sameSecrets, type SecretSet } from '../secrets/secret-set.js';
import { answerOf, etagOf, type ClientAnswer } from './store/client-answer.js';
import type { CallOptions, ChangeOptions } from './call-options.js';
import { ClientEvents, type ClientEvent, type ClientEventType } from './client-events.js';
import type { ClientMetadata } from './metadata/client-metadata.js';
import { Client, DOCUMENT_SHAPE } from './store/client.entity.js';
import { termsOf } from './metadata/search-terms.js';
import { ClientStatements, type CurrentClient } from './store/client.statements.js';

/** How many races a change may lose before it locks the client. */
const RACES = 3;

/** A client as it is passed to an edit. */
export interface EditableClient extends CurrentClient {
  /** Its metadata, parsed from the document. */
  metadata: ClientMetadata;
}

/** What an edit makes of a client; what it leaves out stays as it is. */
export interface Edited {
  metadata?: ClientMetadata;
  /** The newest first. */
  secrets?: SecretSet;
  /** Members that only this answer shows. */
  once?: object;
}

/** A client that is to be created. */
export interface NewClient extends Required<Omit<Edited, 'once'>> {
  id: string;
  /** SHA-256 of its registration access token, in hexadecimal. */
  registrationTokenDigest: string;
}

/** The result of a change that was written, and the events to publish after its commit. */
interface Won<T> {
  result: T;
  events: ClientEvent[];
}

/** Decides what becomes of a client. @throws OAuthError to refuse the change; nothing is written */
type Edit<E extends Edited> = (current: EditableClient) => E | Promise<E>;

/**
 * Writes clients so that no change is lost: a change is written only over the version that it was read from. When another
 * writer came first, reading, editing and writing begin again; after {@link RACES} lost races, under a lock.
 */
@Injectable()
export class ClientWriter {
  constructor(
    private readonly statements: ClientStatements,
    private readonly events: ClientEvents,
  ) {}

  /**
   * Makes the next version of a client, unless the edit leaves it as it is.
   *
   * @returns what `edit` returned, and the answer that shows the client
   * @throws OAuthError 404 for an unknown client, 412 when `ifMatch` names another state, and what `edit` throws
   */
  edit<E extends Edited>(id: string, options: ChangeOptions, edit: Edit<E>): Promise<E & { answer: ClientAnswer }> {
    return this.untilWon(id, options, async (current, executor) => {
      const before = current.client.readMetadata();
      const edited = await edit({ ...current, metadata: before });
      const { secrets = current.secrets, once } = edited;
      const metadata = withExpiry(edited.metadata ?? before, secrets);
      const next = nextOf(current.client, metadata);
      const changes = next.document !== current.client.document || !sameSecrets(secrets, current.secrets);
      if (!changes && current.client.shape === DOCUMENT_SHAPE)
        return { result: { ...edited, answer: answerOf(id, current.client, once) }, events: [] };
      // Rendered twice: only the rendered document shows whether anything changed, and it contains the time of the change.
      next.updatedAt = laterThan(current.client.updatedAt);
      next.render(metadata);
      const isWritten = await this.statements.update(current, next, termsOf(id, metadata), secrets, executor);
      if (!isWritten) return undefined;
      const rotated = isNew(secrets, current.secrets) ? [eventOf('client.secret.rotated', next)] : [];
      return {
        result: { ...edited, answer: answerOf(id, next, once) },
        events: [eventOf('client.updated', next), ...rotated],
      };
    });
  }

  /**
   * Writes a new client with its secrets.
   *
   * @returns the client as it was written; `undefined` when its id is taken, and then nothing is written
   */
  async insert(
    { id, secrets, registrationTokenDigest, ...input }: NewClient,
    { manager }: CallOptions,
  ): Promise<Client | undefined> {
    const metadata = withExpiry(input.metadata, secrets);
    const client = Client.create(id, metadata, registrationTokenDigest);
    const executor = this.statements.within(manager);
    if (!(await this.statements.insert(client, termsOf(id, metadata), secrets, executor))) return undefined;
    this.events.publish(eventOf('client.created', client), manager);
    return client;
  }

  /**
   * Removes a client.
   *
   * @throws OAuthError 404, 412
   */
  async remove(id: string, options: ChangeOptions): Promise<void> {
    await this.untilWon(id, options, async (current, executor) =>
      (await this.statements.remove(current, executor))
        ? { result: undefined, events: [eventOf('client.deleted', current.client)] }
        : undefined,
    );
  }

  private async untilWon<T>(
    id: string,
    { ifMatch, manager }: ChangeOptions,
    attempt: (current: CurrentClient, executor: Executor) => Promise<Won<T> | undefined>,
  ): Promise<T> {
    const executor = this.statements.within(manager);
    const run = async (within: Executor): Promise<Won<T> | undefined> => {
      const current = await this.statements.load(id, within);
      if (!current) throw OAuthError.unknownClient();
      requireMatch(ifMatch, etagOf(current.client));
      return attempt(current, within);
    };
    for (let lost = 0; ; lost += 1) {
      const won = await (lost < RACES ? run(executor) : this.statements.exclusively(id, run, manager));
      if (won === undefined) continue;
      // Not earlier: only the commit ends the lock of `exclusively`.
      for (const event of won.events) this.events.publish(event, manager);
      return won.result;
    }
  }
}

function eventOf(type: ClientEventType, { id, version, document }: Client): ClientEvent {
  return { type, clientId: id, version, document };
}

/** Is the current secret a new one? */
function isNew([current]: SecretSet, before: SecretSet): boolean {
  return current !== undefined && before.every(({ id }) => id !== current.id);
}

/** The metadata with `client_secret_expires_at` (RFC 7591 §3.2.1) of the current secret, whatever it said before. */
function withExpiry(metadata: ClientMetadata, secrets: SecretSet): ClientMetadata {
  return { ...metadata, client_secret_expires_at: currentExpiry(secrets) };
}

/** The next version, rendered with the time of the last change. */
function nextOf(client: Client, metadata: ClientMetadata): Client {
  const next = Object.assign(new Client(), client, { version: client.version + 1, shape: DOCUMENT_SHAPE });
  next.render(metadata);
  return next;
}

/** Now, but never earlier than the last change: the clocks of two processes may differ. */
function laterThan(updatedAt: string): string {
  const now = new Date().toISOString();
  return now > updatedAt ? now : updatedAt;
}
