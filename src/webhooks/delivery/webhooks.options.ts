import { Matches } from 'class-validator';
import { OutboundOptions } from '../../http/outbound/guarded-fetch.js';
import { SecretsKey } from '../signing/secrets-key.js';

/** Accepts a value of {@link WebhooksOptions.secretsKey}. */
export function StrongSecretsKey(): PropertyDecorator {
  return Matches(/^(.{32,1024})?$/s, { message: 'must be 32 to 1024 characters, chosen at random' });
}

/** How changes are sent to webhooks. */
export class WebhooksOptions {
  /**
   * Key under which signing secrets are stored, 32 to 1,024 characters. All processes need the same one. Default none: webhooks are
   * refused.
   */
  @StrongSecretsKey()
  secretsKey = '';

  /** What may be sent where. An attempt takes five seconds at most. Default: the defaults of {@link OutboundOptions}, public addresses only. */
  outbound = new OutboundOptions();

  /**
   * @internal
   * Opens and seals signing secrets; `undefined` without {@link secretsKey}.
   */
  get signingKey(): SecretsKey | undefined {
    return this.secretsKey === '' ? undefined : new SecretsKey(this.secretsKey);
  }
}

/** What an application may decide about webhooks, the members of {@link WebhooksOptions}; what is left out takes its default. */
export type WebhooksModuleOptions = Partial<
  Pick<WebhooksOptions, 'secretsKey'> & {
    /** What may be sent where. */
    outbound: Partial<OutboundOptions>;
  }
>;
