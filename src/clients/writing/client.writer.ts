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
  /** As {@link Client.suspended}. */
  suspended?: string | null;
  /** Members that only this answer shows. */
  once?: object;
  /** The new secret, when it was added beside the others. */
  added?: object;
  /** A new registration access token, or none. */
  token?: KnownToken;
}

/** What became of a client. */
export interface Changed {
  /** The answer that shows the client to an administrator. */
  answer: ClientAnswer;
  /** The client as it is now. */
  now: CurrentClient;
}

/** A client that is to be created. */
export interface NewClient extends Required<Pick<Edited, 'metadata' | 'secrets'>> {
  id: string;
  /** Did the caller choose its id? */
  isChosen: boolean;
  /** SHA-256 of its registration access token, in hexadecimal; `''` when it has none. */
  registrationTokenDigest: string;
  /** Where it comes from. */
  via: RegisteredVia;
}

/**
 * Decides on each state of a client whether it may be changed, before anything else is looked at. Default: by the owner of the actor.
 *
 * @param current `undefined` when there is no such client
 * @returns the client
 * @throws OAuthError unless it may be
 */
export type Admission = (current: CurrentClient | undefined) => CurrentClient;

/** As {@link ChangeOptions}, for whoever is not admitted as an actor. */
export interface WriteOptions extends ChangeOptions {
  /** Every state that it is asked about is read anew. */
  admission?: Admission;
}

/** The result of a change that was written, and the events to publish after its commit. */
interface Won<T> {
  result: T;
  events: ClientEvent[];
  /** The client as it was written; left out when it was removed, or left as it is. */
  written?: CurrentClient;
}

/** Tries a change on a state of a client. `undefined` when another writer came first. */
type Attempt<T> = (current: CurrentClient, executor: Executor) => Promise<Won<T> | undefined>;

/** Decides what becomes of a client. @throws OAuthError to refuse the change; nothing is written */
type Edit<E extends Edited> = (current: EditableClient) => E | Promise<E>;

/**
 * Writes clients so that no change is lost: a change is written only over the version that it was read from. Changes of one
 * client by this process wait for each other. When a writer of another process came first, reading, editing and writing begin
 * again; after {@link RACES} lost races, under a lock.
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
   * Makes the next version of a client, unless the edit leaves it as it is.
   *
   * @returns what `edit` returned, and what became of the client
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
   * @returns the client as it was written; `undefined` when its id is taken, and then nothing is written
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
      // A token may have ended since, which makes no version.
      let won = turn.start && !admission && (await run(turn.start, executor).then(ifWritten, ifRefused));
      for (let lost = 0; !won; lost += 1)
        won = await (lost < RACES ? readAndRun(executor) : this.statements.exclusively(id, readAndRun, manager));
      // Not earlier: only the commit ends the lock of `exclusively`.
      for (const event of won.events) this.events.publish(event, manager);
      if (won.events.length > 0) turn.written = won.written;
      return won.result;
    };
    // The change whose turn it is may wait for the transaction of the host: that never waits for a turn.
    if (openTransactionOf(manager)) return change({});
    // Those who may not change the client take no place among those who wait for it: strangers could fill them all.
    if (admission) admit(await this.statements.load(id, executor));
    return this.queue.inTurn(id, signal, change);
  }
}

/** What was won on the state that the change before left, if anything was written: what is not must be read anew. */
function ifWritten<T>(won: Won<T> | undefined): Won<T> | undefined {
  return won && won.events.length > 0 ? won : undefined;
}

/** A refusal on that state counts for nothing: another process may have changed the client since. */
function ifRefused(error: unknown): undefined {
  if (error instanceof OAuthError && error.getStatus() < 500) return undefined;
  throw error;
}

/** Admits an actor to the clients of its owner; all others do not exist for it. */
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

/** Is the current secret a new one? */
function isNew([current]: SecretSet, before: SecretSet): boolean {
  return current !== undefined && before.every(({ id }) => id !== current.id);
}

/** The metadata with `client_secret_expires_at` (RFC 7591 §3.2.1) of the current secret, whatever it said before. */
function withExpiry(metadata: ClientMetadata, secrets: SecretSet): ClientMetadata {
  return { ...metadata, client_secret_expires_at: currentExpiry(secrets) };
}
