import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Counter, type Registry } from 'prom-client';
import {
  ACCESS_REFUSALS,
  AUTHENTICATIONS,
  DELIVERIES,
  REGISTRATIONS,
  SECRET_CHECKS,
  STATEMENTS,
  type Events,
  type StatementRan,
} from '../../telemetry/events.js';
import { DurationHistogram } from './duration-histogram.js';

/** Upper bounds of the buckets of statements, in seconds: from a read of a cached page to the default `DATABASE_STATEMENT_TIMEOUT`. */
const SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1, 5, 10];

/** Counts the events that the registry publishes, and times its statements. */
export class EventMetrics {
  private readonly ends: (() => void)[] = [];

  /** @param registry where the numbers are kept */
  constructor(private readonly registry: Registry) {
    this.count(
      AUTHENTICATIONS,
      ['method', 'outcome'],
      'client_authentications_total',
      'Authentications of clients, by what the client presented and by what came of it.',
    );
    this.count(
      SECRET_CHECKS,
      ['by', 'outcome'],
      'secret_checks_total',
      'Checks of secrets that clients presented, by what they cost (a digest, a look into the memory of right ones, a slow hash) and by what came of it.',
    );
    const refusals = this.count(
      ACCESS_REFUSALS,
      ['outcome'],
      'access_refusals_total',
      'Requests that were refused for who sent them: nobody knows (unauthenticated), they may not do this (forbidden), or too many credentials of one source were not valid (limited).',
    );
    for (const outcome of ['unauthenticated', 'forbidden', 'limited']) refusals.inc({ outcome }, 0);
    this.count(
      DELIVERIES,
      ['outcome'],
      'webhook_attempts_total',
      'Attempts to send a change to a webhook, by what came of it.',
    );
    this.count(
      REGISTRATIONS,
      ['policy', 'outcome'],
      'client_registrations_total',
      'Clients that were to be created, by who may create them and by what came of it.',
    );
    this.timeStatements();
  }

  /** Stops counting. */
  end(): void {
    for (const end of this.ends) end();
  }

  private count<Name extends keyof Events>(
    channel: Name,
    labelNames: (keyof Events[Name] & string)[],
    name: string,
    help: string,
  ): Counter {
    const registers = [this.registry];
    const counter = new Counter({ name: `oauth2_registry_${name}`, help, labelNames, registers });
    const note = (event: unknown): void => counter.inc(event as Record<(typeof labelNames)[number], string>);
    this.listen(channel, note);
    return counter;
  }

  private timeStatements(): void {
    const histogram = new DurationHistogram({
      name: 'oauth2_registry_database_statement_duration_seconds',
      help: 'Time that statements took, with what they waited for a connection or for their turn, by what they do.',
      labelNames: ['statement'],
      buckets: SECONDS,
      registers: [this.registry],
    });
    this.listen(STATEMENTS, (event) => {
      const { statement, seconds } = event as StatementRan;
      histogram.series({ statement }).add(seconds);
    });
  }

  private listen(channel: keyof Events, note: (event: unknown) => void): void {
    subscribe(channel, note);
    this.ends.push(() => unsubscribe(channel, note));
  }
}
