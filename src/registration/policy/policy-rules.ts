import type { MembersOf } from '../../clients/metadata/client-bodies.js';
import type { ClientMetadata } from '../../clients/metadata/client-metadata.js';
import type { MemberName } from './policy-members.js';
import type { StatementIssuer } from './statement-issuer.js';

/** Members of a client; `lifespans` means all lifespans. */
export type MemberNames = readonly (MemberName | 'lifespans')[];

/**
 * The rules of a registration policy. They apply to clients that register themselves under it, when they are created and whenever they change
 * themselves. Values that a client already has are not judged again: an administrator may have set them. Rules that are left out take their
 * defaults, with which a client may set all members but those for administrators.
 */
export class PolicyRules {
  /** Members for administrators that a client may set nevertheless. Default none. */
  open: MemberNames = [];

  /** Further members that no client may set: a new client has their defaults, and a change leaves them as they are. Default none. */
  close: MemberNames = [];

  /** Members that a client must set. Default none. */
  must: MemberNames = [];

  /** Values that every new client gets, and that no client may change. Default none. */
  force: MembersOf<ClientMetadata> = {};

  /** Values of members that a client does not set, instead of the defaults of the registry. Default none. */
  defaults: MembersOf<ClientMetadata> = {};

  /**
   * By member, the values that a client may choose: for lists, those of each entry; for `scope`, those of each scope. A text that ends with `*`
   * allows all texts with that beginning. For `redirect_uris` the values are patterns of scheme and host: `https://app.example.com`,
   * `https://*.example.com`, `http://localhost`, `com.example.app:`. Default: any that the registry accepts.
   */
  allow: Partial<Record<MemberName, readonly unknown[]>> = {};

  /**
   * Members whose refused values are replaced instead of answered with 400: refused entries of lists and `scope` are left out, unless none would
   * remain; a lifespan is cut; other members keep their value, or get their default. `all` means all but `redirect_uris`. Default none.
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
   * How long the registration of a public client (method `none`) is answered with the client that the same registration created before, such as
   * `24h`, so that a tool that registers at each start has one client. It needs `registrationToken: false`: nobody may manage a client that others
   * use, too. Default: each registration creates a client.
   */
  reuseWithin: string | undefined = undefined;

  /** Issuers that may vouch for software by a `software_statement` (RFC 7591 §2.3). Default none: all statements are rejected. */
  statementIssuers: readonly StatementIssuer[] = [];
}
