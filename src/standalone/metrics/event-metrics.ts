import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Counter, type Registry } from 'prom-client';
import { AUTHENTICATIONS, DELIVERIES, SECRET_CHECKS, type Events } from '../../telemetry/events.js';

/** Counts what the registry tells of. */
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
    this.count(
      DELIVERIES,
      ['outcome'],
      'webhook_attempts_total',
      'Attempts to send a change to a webhook, by what came of it.',
    );
  }

  /** Stops to count. */
  end(): void {
    for (const end of this.ends) end();
  }

  private count<Name extends keyof Events>(
    channel: Name,
    labelNames: (keyof Events[Name] & string)[],
    name: string,
    help: string,
  ): void {
    const registers = [this.registry];
    const counter = new Counter({ name: `oauth2_registry_${name}`, help, labelNames, registers });
    const note = (event: unknown): void => counter.inc(event as Record<(typeof labelNames)[number], string>);
    subscribe(channel, note);
    this.ends.push(() => unsubscribe(channel, note));
  }
}
