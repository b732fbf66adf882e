import { Injectable } from '@nestjs/common';
import { maySee, type Principal } from '../../access/principal.js';
import { openTransactionOf, type Executor } from '../../database/sql/prepared-database.js';
import { requireMatch } from '../../http/preconditions.js';
import type { ChangeEntry, ChangeKind } from '../../journal/table/change-entry.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import { currentExpiry, sameSecrets, type SecretSet } from '../../secrets/secret-set.js';
import { answerOf, etagOf, type ClientAnswer } from '../store/client-answer.js';
import type { BodyOptions, ChangeOptions } from '../../access/call-options.js';
import { ClientEvents, type ClientEvent, type ClientEventType } from './client-events.js';
import type { ClientMetadata } from '../metadata/client-metadata.js';
import type { RegisteredVia } from '../metadata/origin/registered-via.js';
import type { KnownToken } from '../tokens/registration-token.js';
import { Client, DOCUMENT_SHAPE } from '../store/client.entity.js';
import { ChangeQueue, type Turn } from '../store/change-queue.js';
import { nextOf } from '../store/next-version.js';
import { termsOf } from '../metadata/search-terms.js';
import { ClientStatements, type CurrentClient } from '../store/client.statements.js';
import { TombstoneStatements } from '../store/tombstone.statements.js';
import { whatChanged, type WhatChanged } from '../store/what-changed.js';

/** How many races a change may lose before it locks the client. */
const RACES = 3;

/** A client as an edit receives it. */
export interface EditableClient extends CurrentClient {
  /** Its metadata, parsed from the document. */
  metadata: ClientMetadata;
}

/** The result of an edit; members that are left out stay as they are. */
export interface Edited {
  metadata?: ClientMetadata;
  /** The secrets, the newest first. */
  secrets?: SecretSet;
  /** As {@link Client.suspended}. */
  suspended?: string | null;
  /** Members that only this answer shows. */
  once?: object;
  /** The new secret, when it was added to the others. */
  added?: object;
  /** A new registration access token, or `NO_TOKEN` to end the current one. */
  token?: KnownToken;
}

/** A client after an edit. */
export interface Changed {
  /** The answer that shows the client to an administrator. */
  answer: ClientAnswer;
  /** The current state of the client. */
  now: CurrentClient;
}

/** A client that is to be created. */
export interface NewClient extends Required<Pick<Edited, 'metadata' | 'secrets'>> {
  id: string;
  /** Whether the caller chose its id. */
  isChosen: boolean;
  /** SHA-256 of its registration access token, in hexadecimal; `''` when it has none. */
  registrationTokenDigest: string;
  /** Where it comes from. */
  via: RegisteredVia;
}

/**
 * Decides for each state that is read whether the client may be changed, before any other check. Default: by the owner of the actor.
 *
 * @param current the client; `undefined` when it does not exist
 * @returns the client
 * @throws OAuthError when it may not be changed
 */
export type Admission = (current: CurrentClient | undefined) => CurrentClient;

/** As {@link ChangeOptions}, also for callers that are admitted by something other than an actor's owner. */
export interface WriteOptions extends ChangeOptions {
  /** Replaces the check of the owner. Every state that is passed to it is freshly read. */
  admission?: Admission;
}

/** The result of a change that was written, and the events to publish after its commit. */
interface Won<T> {
  result: T;
  events: ClientEvent[];
  /** The client as it was written; left out when it was removed or not changed. */
  written?: CurrentClient;
}

/** Tries a change on a state of a client; returns `undefined` when another writer came first. */
type Attempt<T> = (current: CurrentClient, executor: Executor) => Promise<Won<T> | undefined>;

/** Decides on the change of a client. @throws OAuthError to refuse the change; nothing is written */
type Edit<E extends Edited> = (current: EditableClient) => E | Promise<E>;

/**
 * Writes clients so that no change is lost: a change is written only over the version on which it is based. Changes of one client by this
 * process wait for each other. When another process wrote first, the writer retries reading, editing and writing; after {@link RACES} lost
 * races, under a lock.
 */
@Injectable()
export class ClientWriter {
  private readonly queue = new ChangeQueue();

  constructor(
    private readonly statements: ClientStatements,
    private readonly tombstones: TombstoneStatements,
    private readonly events: ClientEvents,
  ) {}

  /**
   * Writes the next version of a client, unless the edit changes nothing.
   *
   * @returns what `edit` returned, and the client after it
   * @throws OAuthError 404 for an unknown client, 412 when `ifMatch` names another state, and what `edit` throws
   */
  edit<E extends Edited>(id: string, options: WriteOptions, edit: Edit<E>): Promise<E & Changed> {
    return this.untilWon(id, options, async (current, executor) => {
      const before = current.client.readMetadata();
      const edited = await edit({ ...current, metadata: before });
      const { secrets = current.secrets, suspended = current.client.suspended, once, added, token } = edited;
      const metadata = withExpiry(edited.metadata ?? before, secrets);
      const next = nextOf(current.client, metadata, suspended);
      const changes = !next.showsTheSameAs(current.client) || !sameSecrets(secrets, current.secrets);
      if (!changes && !token && current.client.shape === DOCUMENT_SHAPE)
        return { result: { ...edited, answer: answerOf(id, current.client, once), now: current }, events: [] };
      const former = { ...current, metadata: before, suspended: current.client.suspended };
      const changed = whatChanged(former, { metadata, secrets, suspended }, { isAdded: added !== undefined, token });
      const entry = { ...changed, actor: options.actor };
      const writing = { client: next, terms: termsOf(next, metadata), secrets, entry };
      const written = await this.statements.update(current, writing, executor, token);
      if (!written) return undefined;
      const rotated = isNew(secrets, current.secrets) ? [eventOf('client.secret.rotated', next)] : [];
      return {
        result: { ...edited, answer: answerOf(id, next, once), now: written },
        events: [eventOf('client.updated', next), ...rotated, ...stateEvents(changed, next)],
        written,
      };
    });
  }

  /**
   * Writes a new client with its secrets.
   *
   * @returns the client as written; `undefined` when its id is taken; nothing is written then
   */
  async insert(
    { id, isChosen, secrets, registrationTokenDigest, via, ...input }: NewClient,
    { actor, manager, signal }: BodyOptions,
  ): Promise<Client | undefined> {
    const metadata = withExpiry(input.metadata, secrets);
    const client = Client.create(id, metadata, registrationTokenDigest, via);
    const executor = this.statements.within(manager, signal);
    const kinds: ChangeKind[] = [
      'client.created',
      ...(via.type === 'registration' ? (['client.registered'] as const) : []),
    ];
    const entry = { kinds, members: [], actor } satisfies ChangeEntry;
    const writing = { client, terms: termsOf(client, metadata), secrets, entry };
    const isWritten =
      actor?.owner === undefined
        ? this.statements.insert(writing, executor, isChosen)
        : this.tombstones.insertOwned(writing, executor);
    if (!(await isWritten)) return undefined;
    this.events.publish(eventOf('client.created', client), manager);
    return client;
  }

  /**
   * Removes a client.
   *
   * @throws OAuthError 404, 412
   */
  async remove(id: string, options: WriteOptions): Promise<void> {
    const entry = { kinds: ['client.deleted'], members: [], actor: options.actor } satisfies ChangeEntry;
    await this.untilWon(id, options, async (current, executor) =>
      (await this.statements.remove(current, entry, executor))
        ? { result: undefined, events: [eventOf('client.deleted', current.client)] }
        : undefined,
    );
  }

  private async untilWon<T>(id: string, options: WriteOptions, attempt: Attempt<T>): Promise<T> {
    const { ifMatch, manager, signal, admission } = options;
    const admit = admission ?? ofOwner(options.actor);
    const executor = this.statements.within(manager, signal);
    const run = async (found: CurrentClient | undefined, within: Executor): Promise<Won<T> | undefined> => {
      const current = admit(found);
      requireMatch(ifMatch, etagOf(current.client));
      return attempt(current, within);
    };
    const readAndRun = async (within: Executor): Promise<Won<T> | undefined> =>
      run(await this.statements.load(id, within), within);
    const change = async (turn: Turn): Promise<T> => {
      // Not with an admission: a registration access token may have ended since then, which the version does not show.
      let won = turn.start && !admission && (await run(turn.start, executor).then(ifWritten, ifRefused));
      for (let lost = 0; !won; lost += 1)
        won = await (lost < RACES ? readAndRun(executor) : this.statements.exclusively(id, readAndRun, manager));
      // Not inside `attempt`: outside of a host's transaction, `exclusively` commits and unlocks the client only when it returns.
      for (const event of won.events) this.events.publish(event, manager);
      if (won.events.length > 0) turn.written = won.written;
      return won.result;
    };
    // Not queued: the change that has its turn may be waiting for the host's transaction, so that must not wait for a turn.
    if (openTransactionOf(manager)) return change({});
    // Rejects callers that may not change the client before they enter its queue: otherwise strangers could fill it.
    if (admission) admit(await this.statements.load(id, executor));
    return this.queue.inTurn(id, signal, change);
  }
}

/** Returns the result on the state that the previous change left, if anything was written; otherwise the client must be read again. */
function ifWritten<T>(won: Won<T> | undefined): Won<T> | undefined {
  return won && won.events.length > 0 ? won : undefined;
}

/** Ignores a refusal on that state, since another process may have changed the client since; rethrows other errors. */
function ifRefused(error: unknown): undefined {
  if (error instanceof OAuthError && error.getStatus() < 500) return undefined;
  throw error;
}

/** Admits an actor to the clients that it may see; for all others it gets the 404 of an unknown client. */
function ofOwner(actor: Principal | undefined): Admission {
  return (current) => {
    if (!current || !maySee(actor, current.client.owner)) throw OAuthError.unknownClient();
    return current;
  };
}

function eventOf(type: ClientEventType, { id, version, document }: Client): ClientEvent {
  return { type, clientId: id, version, document };
}

function stateEvents({ kinds }: WhatChanged, client: Client): ClientEvent[] {
  return kinds.flatMap((kind) =>
    kind === 'client.suspended' || kind === 'client.resumed' ? [eventOf(kind, client)] : [],
  );
}

/** Whether the current secret is new. */
function isNew([current]: SecretSet, before: SecretSet): boolean {
  return current !== undefined && before.every(({ id }) => id !== current.id);
}

/** Returns the metadata with `client_secret_expires_at` (RFC 7591 §3.2.1) of the current secret, whatever its value before. */
function withExpiry(metadata: ClientMetadata, secrets: SecretSet): ClientMetadata {
  return { ...metadata, client_secret_expires_at: currentExpiry(secrets) };
}
