import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { EntityManager } from 'typeorm';
import { AfterCommit } from '../database/after-commit.js';
import { PreparedDatabase } from '../database/prepared-database.js';

/** What happens to clients. */
export type ClientEventType = 'client.created' | 'client.updated' | 'client.deleted' | 'client.secret.rotated';

/**
 * Something that happened to a client, told after its commit.
 *
 * - `client.created`: it is there;
 * - `client.updated`: it has a new version, whatever changed;
 * - `client.secret.rotated`: its current secret is a new one; told beside `client.updated`;
 * - `client.deleted`: it is gone.
 */
export interface ClientEvent {
  /** What happened. */
  type: ClientEventType;
  /** The `client_id` of the client that it happened to. */
  clientId: string;
  /** 1 + the number of changes; of a client that is gone, its last one. */
  version: number;
  /** The client as the admin API shows it, JSON as text, without anything secret; of a client that is gone, as it was. */
  document: string;
  /** Name of the DataSource of the registry that tells it, which tells two registries apart; unset for the unnamed one. */
  dataSource?: string | undefined;
}

/** Takes the events, in the order of commits of this process. */
export interface ClientEventSink {
  /**
   * Takes one event. What it throws is logged, and disturbs nobody: the change is done.
   *
   * @param event the same object that the listeners of `@nestjs/event-emitter` get: not to be changed
   */
  publish: (event: ClientEvent) => void | Promise<void>;
}

/** Injection token of the host's own {@link ClientEventSink}. */
export const CLIENT_EVENT_SINK = Symbol('ClientEventSink');

interface Emitter {
  emit: (type: string, event: ClientEvent) => unknown;
}

/** Publishes what happened when it has been committed: to the sink, and through `@nestjs/event-emitter` when the host has it. */
@Injectable()
export class ClientEvents implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(ClientEvents.name);
  private readonly afterCommit: AfterCommit;
  private emitter?: Emitter;

  constructor(
    private readonly database: PreparedDatabase,
    private readonly modules: ModuleRef,
    @Inject(CLIENT_EVENT_SINK) private readonly sink: ClientEventSink | null,
  ) {
    this.afterCommit = new AfterCommit(database.dataSource);
  }

  async onModuleInit(): Promise<void> {
    this.emitter = await emitterOf(this.modules);
  }

  onApplicationShutdown(): void {
    this.afterCommit.close();
  }

  /** @param manager of the transaction that it is part of; without an open one it is told at once */
  publish(event: Omit<ClientEvent, 'dataSource'>, manager?: EntityManager): void {
    const told = { ...event, dataSource: this.database.name };
    this.afterCommit.run(() => this.tell(told), manager);
  }

  private tell(event: ClientEvent): void {
    const tellings = [() => this.sink?.publish(event), () => this.emitter?.emit(event.type, event)];
    for (const telling of tellings) {
      // A listener may throw at once or later.
      void (async () => telling())().catch((error: unknown) =>
        this.logger.error(
          `A listener to ${event.type} failed: ${error instanceof Error ? error.stack : String(error)}`,
        ),
      );
    }
  }
}

/** The host's EventEmitter2, if it imports EventEmitterModule. */
async function emitterOf(modules: ModuleRef): Promise<Emitter | undefined> {
  try {
    const { EventEmitter2 } = await import('@nestjs/event-emitter');
    return modules.get(EventEmitter2, { strict: false });
  } catch {
    return undefined;
  }
}
