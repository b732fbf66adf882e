import { OutboundOptions } from '../../http/outbound/guarded-fetch.js';

/** How the keys of clients are fetched. */
export class KeySetOptions {
  /** What fetching a `jwks_uri` may do. Default: the defaults of {@link OutboundOptions}, public addresses only. */
  outbound = new OutboundOptions();
}
