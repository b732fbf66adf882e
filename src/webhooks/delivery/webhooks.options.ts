import { Matches } from 'class-validator';
import { OutboundOptions } from '../../http/outbound/guarded-fetch.js';
import { noticeTimes, NoticeTimes } from '../notices/notice-times.js';
import { SecretsKey } from '../signing/secrets-key.js';

/** Accepts a value of {@link WebhooksOptions.secretsKey}. */
export function StrongSecretsKey(): PropertyDecorator {
  return Matches(/^(.{32,1024})?$/s, { message: 'must be 32 to 1024 characters, chosen at random' });
}

/** How changes are sent to webhooks. */
export class WebhooksOptions {
  /**
   * Key that encrypts the stored signing secrets, 32 to 1,024 characters. All processes need the same one. Default none: no webhook can be
   * created, and nothing is sent.
   */
  @StrongSecretsKey()
  secretsKey = '';

  /**
   * How long before the end of a client's secret webhooks receive a notice, one for each time: times such as `7d` or `12h`, separated by
   * commas, at most ten, or `off`. All processes need the same ones. Default 30, 14, 7 days and 1 day.
   */
  @NoticeTimes()
  expiryNotices = '30d,14d,7d,1d';

  /** Limits of requests to webhooks. An attempt takes at most five seconds. Default: those of {@link OutboundOptions}, public addresses only. */
  outbound = new OutboundOptions();

  /**
   * @internal
   * {@link expiryNotices} in seconds, the shortest first.
   */
  get noticeTimes(): readonly number[] {
    return noticeTimes(this.expiryNotices) ?? [];
  }

  /**
   * @internal
   * Opens and seals signing secrets; `undefined` without {@link secretsKey}.
   */
  get signingKey(): SecretsKey | undefined {
    return this.secretsKey === '' ? undefined : new SecretsKey(this.secretsKey);
  }
}

/** Options of webhooks that an application can set, as members of {@link WebhooksOptions}; each has a default. */
export type WebhooksModuleOptions = Partial<
  Pick<WebhooksOptions, 'secretsKey' | 'expiryNotices'> & {
    /** Limits of requests to webhooks. */
    outbound: Partial<OutboundOptions>;
  }
>;
