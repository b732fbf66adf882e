import { OutboundOptions } from '../../http/outbound/guarded-fetch.js';

/** How the keys of clients are fetched. */
export class KeySetOptions {
  /** Limits of fetching a `jwks_uri`. Default: the defaults of {@link OutboundOptions}, public addresses only. */
  outbound = new OutboundOptions();
}
