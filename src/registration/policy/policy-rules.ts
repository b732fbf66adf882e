import type { MembersOf } from '../../clients/metadata/client-bodies.js';
import type { ClientMetadata } from '../../clients/metadata/client-metadata.js';
import type { MemberName } from './policy-members.js';
import type { StatementIssuer } from './statement-issuer.js';

/** A member of a client, or all lifespans. */
export type MemberNames = readonly (MemberName | 'lifespans')[];

/**
 * What a registration policy says of the clients that register themselves under it, when they are created and whenever they change
 * themselves. What a client has already is not judged again: an administrator may have set it. Members that are left out take their
 * defaults, with which a client may set all but the members that are for administrators.
 */
export class PolicyRules {
  /** Members for administrators that a client may set all the same. Default none. */
  open: MemberNames = [];

  /** Further members that no client may set: a new one has their defaults, and a change leaves them as they are. Default none. */
  close: MemberNames = [];

  /** Members that a client must set. Default none. */
  must: MemberNames = [];

  /** Values that every new client gets, and that no client may change. Default none. */
  force: MembersOf<ClientMetadata> = {};

  /** Values of members that a client does not set, instead of those of the registry. Default none. */
  defaults: MembersOf<ClientMetadata> = {};

  /**
   * By member, the values that a client may choose: for lists, those of each entry; for `scope`, those of each scope. A text that ends
   * with `*` allows all that begin so. For `redirect_uris` they are patterns of scheme and host: `https://app.example.com`,
   * `https://*.example.com`, `http://localhost`, `com.example.app:`. Default: any that the registry accepts.
   */
  allow: Partial<Record<MemberName, readonly unknown[]>> = {};

  /**
   * Members whose refused values are replaced, not answered with 400: of lists and `scope` what is refused is left out, a lifespan is
   * cut, and others keep what they are, or get their default. `all` means each but `redirect_uris`. Default none.
   */
  replace: MemberNames | 'all' = [];

  /** Longest lifespan that a client may choose, such as `1h30m`: one for all, or one for each of some members. Default any. */
  maxLifespans: string | Partial<Record<MemberName, string>> = {};

  /** Most clients that exist under this policy at one time, from 1. Default any number. */
  maxClients: number | undefined = undefined;

  /**
   * How old a client that was never used must be to make room for a new one at `maxClients`, such as `24h`; from `1h`. It needs uses to be
   * reported: see `ClientActivity`. Default: none makes room.
   */
  makeRoomAfter: string | undefined = undefined;

  /**
   * How long a client may be unused, or unused since it was registered, before it is removed, such as `720h`; from `24h`. It needs
   * uses to be reported: see `ClientActivity`. Default: none is removed.
   */
  removeUnusedAfter: string | undefined = undefined;

  /**
   * Whether a client gets a registration access token, by which it reads, changes and removes itself (RFC 7592). Default true.
   */
  registrationToken = true;

  /**
   * For how long the registration of a public client, one with the method `none`, is answered with the client that the same registration
   * has made before, such as `24h`, so that a tool that registers at each start has one client. It needs `registrationToken: false`: nobody
   * may hold a client that others have, too. Default: each registration makes a client.
   */
  reuseWithin: string | undefined = undefined;

  /** Who may vouch for software by a `software_statement` (RFC 7591 §2.3). Default nobody: all statements are refused. */
  statementIssuers: readonly StatementIssuer[] = [];
}
