import { Inject, Injectable, Logger, Optional, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { EntityManager } from 'typeorm';
import { AfterCommit } from '../../database/after-commit.js';
import { PreparedDatabase } from '../../database/sql/prepared-database.js';
import { Sealer } from '../../journal/chain/sealer.js';
import { optionalPackage } from '../../packages/optional-package.js';

/** The kinds of events. */
export type ClientEventType =
  | 'client.created'
  | 'client.updated'
  | 'client.deleted'
  | 'client.restored'
  | 'client.suspended'
  | 'client.resumed'
  | 'client.secret.rotated';

/**
 * Something that happened to a client, published after its commit.
 *
 * - `client.created`: the client was created;
 * - `client.updated`: the client has a new version, whatever changed;
 * - `client.secret.rotated`: the client has a new current secret; published after its `client.updated`;
 * - `client.suspended`: the client was suspended, or got another reason; published after its `client.updated`;
 * - `client.resumed`: the client is no longer suspended; published after its `client.updated`;
 * - `client.deleted`: the client was removed;
 * - `client.restored`: a removed client was restored.
 */
export interface ClientEvent {
  /** What happened. */
  type: ClientEventType;
  /** The `client_id`. */
  clientId: string;
  /** 1 + the number of changes; for a removed client, its last version. */
  version: number;
  /** The client as the admin API shows it, as JSON text, without its secrets; for a removed client, its last state. */
  document: string;
  /** Name of the registry's DataSource, which distinguishes two registries; unset for the unnamed DataSource. */
  dataSource?: string | undefined;
}

/** Receives events in the order in which this process committed the changes. */
export interface ClientEventSink {
  /**
   * Receives one event. An error that it throws is logged and has no other effect: the change is committed.
   *
   * @param event the same object that listeners of `@nestjs/event-emitter` get; do not change it
   */
  publish: (event: ClientEvent) => void | Promise<void>;
}

/** Injection token of the host's {@link ClientEventSink}; `null` when it has none. */
export const CLIENT_EVENT_SINK = Symbol('ClientEventSink');

/** The part of EventEmitter2 that is used. */
interface Emitter {
  emit: (type: string, event: ClientEvent) => unknown;
}

/**
 * Publishes events after the commit: to the host's sink, and through `@nestjs/event-emitter` if the host imports it. It also wakes the sealer
 * of the journal.
 */
@Injectable()
export class ClientEvents implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(ClientEvents.name);
  private readonly afterCommit: AfterCommit;
  private emitter?: Emitter;

  constructor(
    private readonly database: PreparedDatabase,
    // Optional as in ClientsModule.
    @Optional() private readonly modules: ModulesContainer,
    @Inject(CLIENT_EVENT_SINK) private readonly sink: ClientEventSink | null,
    private readonly sealer: Sealer,
  ) {
    this.afterCommit = new AfterCommit(database.dataSource);
  }

  /** Looks up the emitter once all providers exist. */
  async onModuleInit(): Promise<void> {
    this.emitter = await emitterOf(this.modules);
  }

  /** Stops listening to transactions. */
  onApplicationShutdown(): void {
    this.afterCommit.close();
  }

  /** @param manager manager of the change's transaction; if none is open, the event is published immediately */
  publish(event: Omit<ClientEvent, 'dataSource'>, manager?: EntityManager): void {
    const published = { ...event, dataSource: this.database.name };
    this.afterCommit.run(() => {
      this.sealer.wake();
      this.deliver(published);
    }, manager);
  }

  private deliver(event: ClientEvent): void {
    const deliveries = [() => this.sink?.publish(event), () => this.emitter?.emit(event.type, event)];
    for (const delivery of deliveries) {
      // A listener may throw, or return a promise that rejects.
      void (async () => delivery())().catch((error: unknown) =>
        this.logger.error(
          `A listener to ${event.type} failed: ${error instanceof Error ? error.stack : String(error)}`,
        ),
      );
    }
  }
}

/** Returns the host's EventEmitter2; `undefined` unless the host imports EventEmitterModule of the optional package. */
async function emitterOf(modules: ModulesContainer): Promise<Emitter | undefined> {
  const library = await optionalPackage('@nestjs/event-emitter', () => import('@nestjs/event-emitter'));
  if (!library) return undefined;
  // ModuleRef would find the same emitter, but throws when the host has none.
  const found = [...modules.values()].map(({ providers }): unknown => providers.get(library.EventEmitter2)?.instance);
  return found.findLast(Boolean) as Emitter | undefined;
}
