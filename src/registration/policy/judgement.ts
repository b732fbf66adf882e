import { isDeepStrictEqual } from 'node:util';
import { ClientMetadata } from '../../clients/metadata/client-metadata.js';
import { usesSecret } from '../../clients/metadata/client-metadata.rules.js';
import { registeredMembers, withUses } from '../../clients/metadata/standard/registered-members.js';
import { holdsNothing } from '../../fields/field.js';
import { RawJson } from '../../json/json-text.js';
import { excerpt, faultAt, type Fault } from '../../oauth-error/oauth-error.js';
import { partsOf, textOf, type AllowedValues } from './allowed-values.js';
import { isLonger } from './lifespan-ceilings.js';
import { meaningOf } from './meaning.js';
import { memberField, memberNamesOf, untagged, USES } from './policy-members.js';
import type { ReadRules } from './read-rules.js';
import type { PolicedChange } from './registration-policy.js';

const OWNER = 'owner' satisfies keyof ClientMetadata;
const METADATA = 'metadata' satisfies keyof ClientMetadata;
const METHOD = 'token_endpoint_auth_method' satisfies keyof ClientMetadata;
const EXPIRY = 'client_secret_expires_at' satisfies keyof ClientMetadata;

/** A client that sends no member. */
const NEW_CLIENT: Readonly<ClientMetadata> = new ClientMetadata();

/** Members by name. */
type Members = Record<string, unknown>;

/**
 * Applies the rules of a policy to one client. Values that the client already has are not judged: only those that the change introduces, whether
 * they come from the body or from a default.
 */
export class Judgement {
  /** What is wrong with the change. */
  readonly faults: Fault[] = [];
  /** What the client becomes. */
  private readonly next: Members;
  private readonly before: Members | undefined;

  constructor(
    private readonly rules: ReadRules,
    private readonly change: PolicedChange,
  ) {
    this.before = change.before && { ...change.before };
    this.next = { ...change.result };
    this.giveDefaults();
    this.keepClosed();
    this.judgeValues();
    this.judgeLifespans();
    this.requireMembers();
    Object.assign(this.next, withUses(this.result));
    this.requireClosedUses();
    this.requireEnd();
  }

  /** The client that results. */
  get result(): ClientMetadata {
    return this.next as unknown as ClientMetadata;
  }

  /** Sets the policy's defaults for members that were not sent. Sending one of `grant_types` and `response_types` determines both. */
  private giveDefaults(): void {
    const { closed, given } = this.rules;
    const { sent } = this.change;
    const saysUses = USES.some((name) => sent.has(name));
    for (const [name, value] of Object.entries(given))
      if (!closed.has(name) && !sent.has(name) && !(saysUses && USES.includes(name))) this.next[name] = value;
  }

  /** Whether a client without a secret changes to a method with one. */
  private get getsSecret(): boolean {
    const { before } = this.change;
    return before !== undefined && !usesSecret(before) && usesSecret(this.result);
  }

  /** The values that members have when the client does not set them: as stored, or, for a new client, from the policy or by default. */
  private get kept(): Members {
    const { given } = this.rules;
    if (!this.before) return { ...NEW_CLIENT, ...given };
    const { [EXPIRY]: end = this.before[EXPIRY] } = given;
    // A client without a secret has no expiry: its first secret expires as that of a new client does.
    return this.getsSecret ? { ...this.before, [EXPIRY]: end } : this.before;
  }

  /** The members that no client may set; also `owner` once the client has one: a client cannot leave its owner. */
  private get closed(): ReadonlySet<string> {
    return this.before?.[OWNER] ? new Set([...this.rules.closed, OWNER]) : this.rules.closed;
  }

  /** Keeps members that no client may set as they are; in a new client they get the values of the policy, or their defaults. */
  private keepClosed(): void {
    const { kept, closed } = this;
    const { replaced } = this.rules;
    // No answer shows `metadata` to a client, so a client cannot send it back.
    if (this.before && !this.change.sent.has(METADATA)) this.next[METADATA] = kept[METADATA];
    const names = [kept, this.next].flatMap((members) => Object.keys(members));
    for (const name of new Set(names.filter((one) => closed.has(untagged(one))))) {
      const isSent = name in this.next && (this.change.sent.has(name) || name !== untagged(name));
      if (isSent && !this.isSame(name, kept) && !replaced.has(untagged(name)))
        this.faults.push(faultAt([name], 'must be left out, or stay as it is: only an administrator sets it'));
      if (name in kept) this.next[name] = kept[name];
      else delete this.next[name];
    }
  }

  /** Whether the client has the same value as `kept`, either as written or as the standards understand it. */
  private isSame(name: string, kept: Members): boolean {
    return (
      isDeepStrictEqual(plain(this.next[name]), plain(kept[name])) ||
      isDeepStrictEqual(plain(understood(this.next).get(name)), plain(understood(kept).get(name)))
    );
  }

  private judgeValues(): void {
    const earlier = this.before;
    if (this.rules.allowed.size === 0) return;
    for (const name of memberNamesOf(this.next)) {
      const allowed = this.rules.allowed.get(untagged(name));
      if (!allowed) continue;
      const known = new Set(partsOf(name, earlier && meaningOf(earlier, name)));
      // Read for each member anew: response types follow from grants, some of which may just have been left out.
      const parts = partsOf(name, meaningOf(this.next, name));
      const refused = parts.filter((part) => !known.has(part) && !allowed.permits(part));
      if (refused.length > 0 && !this.isReplaced(name, parts, refused)) this.refuse(name, parts, refused, allowed);
    }
  }

  /** Replaces the refused parts of a member, if the policy says so. Returns false if it does not, or if every part of a list is refused. */
  private isReplaced(name: string, parts: readonly unknown[], refused: readonly unknown[]): boolean {
    if (!this.rules.replaced.has(untagged(name))) return false;
    const left = parts.filter((part) => !refused.includes(part));
    if (name === 'scope') this.next[name] = left.join(' ');
    else if (Array.isArray(this.next[name])) this.next[name] = left;
    else this.fallBack(name);
    return left.length > 0 || !isList(name, this.next[name]);
  }

  /** Gives a member whose value was refused the value that it had, or that of a new client. */
  private fallBack(name: string): void {
    const { [name]: value } = this.kept;
    if (value === undefined) delete this.next[name];
    else this.next[name] = value;
  }

  private refuse(name: string, parts: readonly unknown[], refused: readonly unknown[], allowed: AllowedValues): void {
    const among = `must be one of ${allowed.text}`;
    if (name === 'scope')
      this.faults.push(faultAt([name], `must not have ${excerpt(textOf(refused[0]))}: each scope ${among}`));
    else if (!Array.isArray(this.next[name])) this.faults.push(faultAt([name], among));
    else if (this.change.sent.has(name))
      for (const part of refused) this.faults.push(faultAt([name, parts.indexOf(part)], among));
    else this.faults.push(faultAt([name], `must not have ${refused.map(textOf).join(', ')}: each ${among}`));
  }

  private judgeLifespans(): void {
    for (const [name, longest] of this.rules.ceilings) {
      const { [name]: lifespan } = this.next;
      if (typeof lifespan !== 'string' || lifespan === this.before?.[name] || !isLonger(lifespan, longest)) continue;
      if (this.rules.replaced.has(name)) this.next[name] = longest;
      else this.faults.push(faultAt([name], `must not be longer than ${longest}`));
    }
  }

  /** Rejects a change of `grant_types` or `response_types`, if no client may set it, by way of the other: each follows from the other. */
  private requireClosedUses(): void {
    const closed = USES.filter((one) => this.closed.has(one));
    if (closed.length === 0) return;
    const [now, kept] = [understood(this.next), understood(this.kept)];
    for (const name of closed)
      if (!isDeepStrictEqual(now.get(name), kept.get(name)))
        this.faults.push(
          faultAt([name], 'would follow from the rest, and must stay as it is: only an administrator sets it'),
        );
  }

  /** Rejects a method without a secret if an administrator's expiry limits the secret: the client could later get one without expiry. */
  private requireEnd(): void {
    const end = this.before?.[EXPIRY];
    const isKept = !end || end === this.rules.given[EXPIRY] || !this.closed.has(EXPIRY);
    if (!isKept && !usesSecret(this.result))
      this.faults.push(faultAt([METHOD], 'must be one with a secret: only an administrator sets when the secret ends'));
  }

  private requireMembers(): void {
    const { must, given } = this.rules;
    for (const name of must) {
      const { [name]: value } = this.next;
      const isSet = this.change.sent.has(name) && !isBlank(value) && value !== memberField(name)?.saysNothing;
      const wasUnset = this.before && holdsNothing(this.before[name]);
      if (!isSet && !wasUnset && !(name in given)) this.faults.push(faultAt([name], 'must be set'));
    }
  }
}

/** Returns the members as the standards define them, see {@link registeredMembers}. */
function understood(members: Members): Map<string, unknown> {
  return registeredMembers(members as unknown as ClientMetadata);
}

function plain(value: unknown): unknown {
  return value instanceof RawJson ? value.value : value;
}

function isList(name: string, value: unknown): boolean {
  return name === 'scope' || Array.isArray(value);
}

/** Whether a value says nothing: text of spaces, or a list or an object of nothing else. */
function isBlank(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() === '';
  return typeof value === 'object' && value !== null && Object.values(value).every(isBlank);
}
