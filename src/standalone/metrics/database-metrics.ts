import { setTimeout as sleep } from 'node:timers/promises';
import { Gauge, type Registry } from 'prom-client';
import type { ClientCount } from '../../clients/list/client-counts.js';
import type { PreparedDatabase } from '../../database/sql/prepared-database.js';
import type { Backlog, ChainStatements } from '../../journal/chain/chain.statements.js';
import type { DeliveryStatements } from '../../webhooks/delivery/delivery.statements.js';
import type { Expiring } from './expiring.js';

/** How long the database may take to answer, in milliseconds: Prometheus waits ten seconds by default. */
const TIMEOUT = 2000;

/** The readers of the values in the database. */
interface Sources {
  database: PreparedDatabase;
  chain: ChainStatements;
  deliveries: DeliveryStatements;
  clients: ClientCount;
  expiring: Expiring;
}

/** The metrics that each scrape reads from the database; concurrent scrapes share one read. */
export class DatabaseMetrics {
  private readonly up: Gauge;
  private readonly connections: Gauge<'state'>;
  private readonly unsealed: Gauge;
  private readonly unsealedAge: Gauge;
  private readonly late: Gauge<'state'>;
  private readonly lateAge: Gauge<'state'>;
  private readonly clients: Gauge<'kind'>;
  private readonly expiring: Gauge<'kind' | 'within'>;
  private asking?: Promise<void> | undefined;

  /**
   * @param registry where the numbers are kept
   * @param sources where the values come from
   */
  constructor(
    registry: Registry,
    private readonly sources: Sources,
  ) {
    const gauge = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
      new Gauge({ name: `oauth2_registry_${name}`, help, labelNames, registers: [registry] });
    this.up = gauge('database_up', '1 when the database answered what the other metrics ask of it, otherwise 0.');
    this.connections = gauge(
      'database_connections',
      'PostgreSQL: connections of this process that are used and idle, and callers waiting for one.',
      'state',
    );
    this.unsealed = gauge('journal_unsealed_changes', 'Changes in the journal that have no seal yet, up to 10000.');
    this.unsealedAge = gauge('journal_unsealed_age_seconds', 'Age of the oldest change without a seal; 0 without one.');
    this.late = gauge(
      'webhook_late_deliveries',
      'Deliveries that failed or wait behind one that failed, by state: waiting to be tried again, or parked for good.',
      'state',
    );
    this.lateAge = gauge(
      'webhook_late_delivery_age_seconds',
      'For how long the oldest of these deliveries has been late, by state; 0 without one.',
      'state',
    );
    this.clients = gauge(
      'clients',
      'Clients, by what they are, counted at most every five minutes; from 10000 on an estimate.',
      'kind',
    );
    this.expiring = gauge(
      'expiring',
      'Secrets of clients, API keys and initial access tokens that have not ended and do so within this time, up to 10000 of each kind.',
      'kind',
      'within',
    );
  }

  /** Updates the metrics, within two seconds. Without an answer of the database, those without labels are `NaN`, and those with labels empty. */
  async update(): Promise<void> {
    const { database } = this.sources;
    for (const [state, count] of Object.entries(database.connections ?? {})) this.connections.set({ state }, count);
    this.asking ??= this.ask().finally(() => (this.asking = undefined));
    const late = new AbortController();
    const tooLate = sleep(TIMEOUT, undefined, { signal: late.signal, ref: false }).then(() => this.forget());
    await Promise.race([this.asking, tooLate]).catch(() => this.forget());
    late.abort();
    await tooLate.catch(() => undefined);
  }

  private async ask(): Promise<void> {
    const { chain, deliveries, clients, expiring } = this.sources;
    const [unsealed, late, counts, ending] = await Promise.all([
      chain.backlog(),
      deliveries.late(),
      clients.counts(),
      expiring.counts(),
    ]);
    this.unsealed.set(unsealed.count);
    this.unsealedAge.set(ageOf(unsealed));
    for (const [state, backlog] of Object.entries(late)) {
      this.late.set({ state }, backlog.count);
      this.lateAge.set({ state }, ageOf(backlog));
    }
    for (const [kind, count] of Object.entries(counts)) this.clients.set({ kind }, count);
    for (const { count, ...labels } of ending) this.expiring.set(labels, count);
    this.up.set(1);
  }

  /** Clears the values: earlier ones would look current. */
  private forget(): void {
    this.up.set(0);
    for (const one of [this.unsealed, this.unsealedAge]) one.set(Number.NaN);
    for (const one of [this.late, this.lateAge, this.clients, this.expiring]) one.reset();
  }
}

/** Returns for how many seconds the oldest entry has waited; 0 without one, and when clocks that differ make it negative. */
function ageOf({ since }: Backlog): number {
  return since === null ? 0 : Math.max(0, (Date.now() - Date.parse(since)) / 1000);
}
