import { ClientMetadata, METADATA_FIELDS } from '../../clients/metadata/client-metadata.js';
import { lifespanFault, lifespanMilliseconds } from '../../fields/lifespan.js';
import { RawJson } from '../../json/json-text.js';
import { partsOf, readAllowed, textOf, type AllowedValues } from './allowed-values.js';
import { readCeilings } from './lifespan-ceilings.js';
import { meaningOf } from './meaning.js';
import { CLOSED_MEMBERS, memberField, notAMember, readMemberNames } from './policy-members.js';
import { PolicyRules } from './policy-rules.js';
import { noteUnknown, objectAt, within, type Note } from './policy-values.js';
import { readIssuers, type StatementIssuer } from './statement-issuer.js';

/** The rules of a policy as they are applied: checked, and complete. */
export interface ReadRules {
  /** The members that no client may set. */
  closed: ReadonlySet<string>;
  must: ReadonlySet<string>;
  /** The values of members that a client does not set, or may not set. */
  given: Readonly<Record<string, unknown>>;
  allowed: ReadonlyMap<string, AllowedValues>;
  /** The members whose refused values are replaced. */
  replaced: ReadonlySet<string>;
  /** By lifespan, the longest that a client may choose. */
  ceilings: ReadonlyMap<string, string>;
  maxClients: number | undefined;
  makeRoomAfter: number | undefined;
  removeUnusedAfter: number | undefined;
  registrationToken: boolean;
  /** In milliseconds. */
  reuseWithin: number | undefined;
  statementIssuers: readonly StatementIssuer[];
}

const NAMES = Object.keys(new PolicyRules());
/** Never replaced: a client with other redirect URIs than it asked for could not be used. */
const NEVER_REPLACED = 'redirect_uris';
const ALL_REPLACED: ReadonlySet<string> = new Set(
  METADATA_FIELDS.map(({ name }) => name).filter((name) => name !== NEVER_REPLACED),
);

/** Reads the rules of a policy; notes what is wrong with them. */
export function readRules(given: unknown, place: string, note: Note): ReadRules {
  const members = objectAt(given, place, note) ?? {};
  noteUnknown(Object.keys(members), NAMES, place, note);
  const rules = { ...new PolicyRules(), ...members };
  const at = (name: keyof PolicyRules): string => within(place, name);
  const open = readMemberNames(rules.open, at('open'), note);
  const close = readMemberNames(rules.close, at('close'), note);
  const force = readValues(rules.force, at('force'), note);
  const defaults = readValues(rules.defaults, at('defaults'), note);
  const closed = new Set([...CLOSED_MEMBERS.filter((name) => !open.has(name)), ...close, ...Object.keys(force)]);
  const read: ReadRules = {
    closed,
    must: readMemberNames(rules.must, at('must'), note),
    given: { ...defaults, ...force },
    allowed: readAllowed(rules.allow, at('allow'), note),
    replaced: readReplaced(rules.replace, at('replace'), note),
    ceilings: readCeilings(rules.maxLifespans, closed, at('maxLifespans'), note),
    maxClients: rules.maxClients,
    makeRoomAfter: timeOf(rules.makeRoomAfter),
    removeUnusedAfter: timeOf(rules.removeUnusedAfter),
    registrationToken: rules.registrationToken,
    reuseWithin: timeOf(rules.reuseWithin),
    statementIssuers: readIssuers(rules.statementIssuers, at('statementIssuers'), note),
  };
  if (rules.maxClients !== undefined && !(Number.isSafeInteger(rules.maxClients) && rules.maxClients > 0))
    note(at('maxClients'), 'must be a whole number from 1');
  if (typeof rules.registrationToken !== 'boolean') note(at('registrationToken'), 'must be true or false');
  for (const name of open) {
    if (!CLOSED_MEMBERS.includes(name)) note(at('open'), `must not have ${name}: clients may set it without that`);
    else if (closed.has(name)) note(at('open'), `must not have ${name}: ${close.has(name) ? 'close' : 'force'} has it`);
  }
  for (const name of Object.keys(force))
    if (name in defaults) note(within(at('defaults'), name), 'must be left out: force has it');
  noteContradictions(read, place, note);
  return read;
}

/** Notes rules that contradict each other. */
function noteContradictions(
  { closed, must, allowed, given, replaced, statementIssuers }: ReadRules,
  place: string,
  note: Note,
): void {
  const at = (name: keyof PolicyRules): string => within(place, name);
  for (const name of must) if (closed.has(name)) note(at('must'), `must not have ${name}: no client may set it`);
  if (must.has('software_statement') && statementIssuers.length === 0)
    note(at('statementIssuers'), 'must be set: must has software_statement');
  const standard = { ...new ClientMetadata(), ...given };
  for (const [name, values] of allowed) {
    const here = within(at('allow'), name);
    if (closed.has(name)) note(here, 'must be left out: no client may set it');
    const lacking = partsOf(name, meaningOf(standard, name)).find((part) => !values.permits(part));
    if (lacking !== undefined && (!must.has(name) || replaced.has(name)))
      note(
        here,
        `must have ${textOf(lacking)}, which clients get that do not set ${name}: add it, or set defaults.${name}`,
      );
  }
}

/** Returns an optional time in milliseconds; 0 when the value is not a time. */
function timeOf(given: unknown): number | undefined {
  if (given === undefined) return undefined;
  const isLifespan = typeof given === 'string' && lifespanFault(given) === undefined;
  return isLifespan ? lifespanMilliseconds(given) : 0;
}

/** Reads values of members; notes what is wrong with them. */
function readValues(given: unknown, place: string, note: Note): Record<string, unknown> {
  const values: [string, unknown][] = [];
  for (const [name, value] of Object.entries(objectAt(given, place, note) ?? {})) {
    const field = memberField(name);
    if (!field) {
      note(within(place, name), notAMember(name));
      continue;
    }
    const { keepsText, normalise = (kept: unknown) => kept, check } = field;
    const kept = keepsText ? new RawJson(JSON.stringify(value), value) : normalise(value);
    for (const { at = [], detail } of check(kept)) note(`${within(place, name)}${stepsOf([at].flat())}`, detail);
    values.push([name, kept]);
  }
  return Object.fromEntries(values);
}

function stepsOf(steps: readonly (string | number)[]): string {
  return steps.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
}

function readReplaced(given: unknown, place: string, note: Note): ReadonlySet<string> {
  if (given === 'all') return ALL_REPLACED;
  const names = readMemberNames(given, place, note);
  if (names.has(NEVER_REPLACED)) note(place, `must not have ${NEVER_REPLACED}: a client needs those that it asked for`);
  return names;
}
