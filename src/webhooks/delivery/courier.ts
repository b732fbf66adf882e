import { Injectable, Logger } from '@nestjs/common';
import { limitOf } from '../../concurrency/limit.js';
import { guardedPost } from '../../http/outbound/guarded-post.js';
import { DELIVERIES, tell } from '../../telemetry/events.js';
import { signedHeaders } from '../signing/signature.js';
import { signingSecretsOf } from '../signing/signing-secrets.js';
import { WebhookStatements, type StoredWebhook } from '../table/webhook.statements.js';
import { WebhooksOptions } from './webhooks.options.js';
import { lanesOf, type Batch } from './batch.js';
import { BatchReader } from './batch-reader.js';
import { DeliveryStatements, type Cursors } from './delivery.statements.js';
import { tracedAttempt } from './delivery-span.js';
import { DispatchLease, LEAST_TERM } from './dispatch-lease.js';
import { eventText } from './news.js';
import { Results, type Failure, type Task } from './results.js';

/** Maximum number of concurrent attempts per webhook. */
const MOST_ATTEMPTS = 4;
/** Number of parked deliveries at which a webhook is disabled. */
const MOST_PARKED = 1000;
const GONE = 410;

/** Delivers changes and notices to webhooks. */
@Injectable()
export class Courier {
  private readonly logger = new Logger(Courier.name);
  private readonly unreadable = new Set<string>();

  constructor(
    private readonly webhooks: WebhookStatements,
    private readonly statements: DeliveryStatements,
    private readonly reader: BatchReader,
    private readonly lease: DispatchLease,
    private readonly options: WebhooksOptions,
  ) {}

  /** Whether this process has the key that it needs to sign events. */
  get canSign(): boolean {
    return this.options.signingKey !== undefined;
  }

  /**
   * Delivers a batch: the late deliveries that are due, and the changes and notices after the cursors.
   *
   * @param isStopped checked before each attempt
   * @returns whether there may be more to deliver now
   */
  async serve(id: string, isStopped: () => boolean): Promise<boolean> {
    const webhook = await this.webhooks.find(id);
    if (!webhook || webhook.disabled !== null) return false;
    const secrets = this.secretsOf(webhook);
    if (secrets.length === 0) return false;
    const batch = await this.reader.read(webhook);
    if (batch.due.length === 0 && isSame(batch.read, webhook)) return false;
    const results = new Results(webhook);
    const limited = limitOf(MOST_ATTEMPTS);
    const mayGoOn = async () => !isStopped() && !results.isGone && (await this.lease.hold());
    await Promise.all(
      lanesOf(batch, results).map((lane) =>
        limited(() =>
          run(lane, results, mayGoOn, (task) => tracedAttempt(id, task, () => this.attempt(webhook, task, secrets))),
        ),
      ),
    );
    const isSettled = await this.settle(batch, results);
    if (!isSettled) this.lease.doubt();
    return isSettled && !isStopped() && (batch.isFull || results.done.length > 0);
  }

  /** Returns the secrets that sign; an empty list, logged once per webhook, when this process cannot read them. */
  private secretsOf(webhook: StoredWebhook): string[] {
    const secrets = signingSecretsOf(webhook, this.options.signingKey);
    if (secrets.length === 0 && !this.unreadable.has(webhook.id)) {
      this.unreadable.add(webhook.id);
      this.logger.error(`Nothing is sent to webhook ${webhook.id}: SECRETS_KEY is not the key of its signing secret.`);
    }
    return secrets;
  }

  /** @returns how the attempt failed; `undefined` when the receiver answered 2xx */
  private async attempt({ url }: StoredWebhook, { news, type }: Task, secrets: string[]): Promise<Failure | undefined> {
    const body = eventText(type, news);
    const headers = signedHeaders({ id: news.id, timestamp: Math.floor(Date.now() / 1000), body }, secrets);
    const { outbound } = this.options;
    const timeout = Math.min(outbound.timeout, LEAST_TERM);
    try {
      const status = await guardedPost(new URL(url), body, headers, { ...outbound, timeout });
      const isTaken = status >= 200 && status < 300;
      tell(DELIVERIES, { outcome: isTaken ? 'delivered' : 'refused' });
      return isTaken ? undefined : { status, problem: `The answer was ${status}.` };
    } catch (error) {
      tell(DELIVERIES, { outcome: 'unreachable' });
      return { status: null, problem: `It could not be sent: ${(error as Error).message}.` };
    }
  }

  private async settle({ webhook, read }: Batch, results: Results): Promise<boolean> {
    const cursors = results.cursors(read);
    const late = results.lateUpTo(cursors);
    const parked = late.filter(({ state }) => state === 'parked').length;
    const isFull = parked > 0 && parked + (await this.statements.countParked(webhook.id)) >= MOST_PARKED;
    const disabled = results.isGone
      ? 'The receiver answered 410 Gone.'
      : isFull
        ? `The receiver has not taken ${MOST_PARKED} changes.`
        : null;
    if (disabled !== null) this.logger.warn(`Webhook ${webhook.id} is disabled. ${disabled}`);
    return this.statements.settle(webhook, this.lease.holder, { ...cursors, disabled, done: results.done, late });
  }
}

function isSame(one: Cursors, other: Cursors): boolean {
  return one.position === other.position && one.noticePosition === other.noticePosition;
}

/** Runs the tasks of one client one after the other; after a failure, queues the rest. */
async function run(
  lane: readonly Task[],
  results: Results,
  mayGoOn: () => Promise<boolean>,
  attempt: (task: Task) => Promise<Failure | undefined>,
): Promise<void> {
  let hasFailed = false;
  for (const task of lane) {
    if (hasFailed) {
      results.queue(task);
      continue;
    }
    if (!(await mayGoOn())) {
      results.leave(task);
      continue;
    }
    const failure = await attempt(task);
    hasFailed = failure !== undefined;
    if (!failure) results.end(task);
    else if (failure.status === GONE) {
      results.isGone = true;
      results.leave(task);
      hasFailed = false;
    } else results.fail(task, failure);
  }
}
