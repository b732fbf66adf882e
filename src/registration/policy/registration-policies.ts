import type { PolicyOffer } from './policy-offer.js';
import type { PolicyRules } from './policy-rules.js';
import { objectAt, within, type Note } from './policy-values.js';
import { readRules } from './read-rules.js';
import type { RegistrationPolicy } from './registration-policy.js';
import { RulesPolicy } from './rules-policy.js';

/** The policy of clients that register without an initial access token, and of clients whose policy no longer exists. */
export const DEFAULT_POLICY = 'default';

/** Shortest time after which unused clients may be removed: a shorter one would remove clients that are used daily. */
const LEAST_UNUSED = 86_400_000;
/** Shortest age at which a client makes room: a client that will be used at all is first used within an hour. */
const LEAST_AGE = 3_600_000;

/** A policy that an application implements. Members that it leaves out take the defaults of {@link PolicyRules}. */
export type OwnPolicy = Pick<RegistrationPolicy, 'judge'> & Partial<Omit<RegistrationPolicy, 'name'>>;

/**
 * Registration policies by their names: the rules of each, or an object that judges by itself. Default: `default`, with the defaults of
 * {@link PolicyRules}.
 */
export type PoliciesByName = Readonly<Record<string, Partial<PolicyRules> | OwnPolicy>>;

/** Longest time of a policy, in milliseconds: a hundred years, so that now minus this time is still a valid time. */
const LONGEST_TIME = 100 * 365 * 86_400_000;

/** Policies that cannot be used. The message names each place that is wrong, and says what it must be. */
export class PolicyError extends Error {}

/** The policies by which clients register themselves. */
export class RegistrationPolicies {
  private readonly byName: ReadonlyMap<string, RegistrationPolicy>;

  private constructor(
    private readonly standard: RegistrationPolicy,
    private readonly others: readonly RegistrationPolicy[],
  ) {
    this.byName = new Map(this.all.map((policy) => [policy.name, policy]));
  }

  /**
   * Reads policies.
   *
   * @param given unchecked policies, as {@link PoliciesByName} describes them
   * @throws PolicyError with everything that is wrong
   */
  static read(given: unknown = {}): RegistrationPolicies {
    const faults: string[] = [];
    const note: Note = (place, text) => void faults.push(`${place || 'they'} ${text}`);
    const { [DEFAULT_POLICY]: standard = {}, ...others } = objectAt(given, '', note) ?? {};
    const policies = new RegistrationPolicies(
      readPolicy(DEFAULT_POLICY, standard, note),
      Object.entries(others).map(([name, policy]) => readPolicy(name, policy, note)),
    );
    if (faults.length > 0) throw new PolicyError(faults.join('; '));
    return policies;
  }

  /** All policies, `default` first. */
  get all(): readonly RegistrationPolicy[] {
    return [this.standard, ...this.others];
  }

  /**
   * Whether there is a policy with this name.
   *
   * @param name the name, from any origin
   */
  has(name: string): boolean {
    return this.byName.has(name);
  }

  /**
   * Returns the policy with a name.
   *
   * @param name of the policy of a client or an initial access token; without one, or when the policy no longer exists, it is `default`
   */
  named(name = DEFAULT_POLICY): RegistrationPolicy {
    return this.byName.get(name) ?? this.standard;
  }
}

function readPolicy(name: string, policy: unknown, note: Note): RegistrationPolicy {
  if (!isPolicyName(name)) note(name, 'must have a name of 1 to 64 letters, digits, _, . or -');
  const read = isOwnPolicy(policy) ? withDefaults(name, policy) : new RulesPolicy(name, readRules(policy, name, note));
  if (read.reuseWithin !== undefined) noteReuse(read, isOwnPolicy(policy), note);
  const { removeUnusedAfter = LEAST_UNUSED, makeRoomAfter = LEAST_AGE, maxClients } = read;
  if (!isTime(removeUnusedAfter, LEAST_UNUSED))
    note(within(name, 'removeUnusedAfter'), 'must be a time of at least 24h, such as 720h');
  if (!isTime(makeRoomAfter, LEAST_AGE))
    note(within(name, 'makeRoomAfter'), 'must be a time of at least 1h, such as 24h');
  if (read.makeRoomAfter !== undefined && maxClients === undefined)
    note(within(name, 'makeRoomAfter'), 'must be left out: without maxClients there is always room');
  return read;
}

/** Whether a value is a time of at least `least` milliseconds. It is unchecked: an application may have passed anything. */
function isTime(given: unknown, least: number): boolean {
  return typeof given === 'number' && given >= least && given <= LONGEST_TIME;
}

/** Notes what is wrong with a policy whose clients answer several registrations. */
function noteReuse(
  { name, reuseWithin = 0, givesRegistrationToken }: RegistrationPolicy,
  isOwn: boolean,
  note: Note,
): void {
  const place = within(name, 'reuseWithin');
  if (!isTime(reuseWithin, 1)) note(place, isOwn ? 'must be milliseconds, from 1' : 'must be a time such as 24h');
  if (givesRegistrationToken)
    note(
      place,
      `needs ${isOwn ? 'givesRegistrationToken' : 'registrationToken'}: false: nobody may hold a client that others have, too`,
    );
}

/** Whether a policy may have this name. Clients, tokens and metrics show it. */
export function isPolicyName(name: string): boolean {
  return /^[\w.-]{1,64}$/.test(name);
}

function isOwnPolicy(policy: unknown): policy is OwnPolicy {
  return typeof policy === 'object' && policy !== null && 'judge' in policy && typeof policy.judge === 'function';
}

/** Returns a policy of the application, completed with the defaults. */
function withDefaults(name: string, own: OwnPolicy): RegistrationPolicy {
  const {
    maxClients,
    makeRoomAfter,
    removeUnusedAfter,
    givesRegistrationToken = true,
    reuseWithin,
    offer = ANY_OFFER,
  } = own;
  const { grantRules = {}, statementIssuers = [] } = own;
  return {
    name,
    maxClients,
    makeRoomAfter,
    removeUnusedAfter,
    givesRegistrationToken,
    reuseWithin,
    grantRules,
    statementIssuers,
    offer,
    judge: (change) => own.judge(change),
  };
}

/** The offer of a policy that does not say what it allows. */
const ANY_OFFER: PolicyOffer = { values: new Map(), required: [], closed: [] };
