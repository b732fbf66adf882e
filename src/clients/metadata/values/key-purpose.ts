import type { Jwk, KeyFault, KeyKind } from './key-kinds.js';

const USES = ['sig', 'enc'] as const;
/** The operations of each use (RFC 7517 §4.3). */
const OPERATIONS = {
  sig: ['sign', 'verify'],
  enc: ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey', 'deriveKey', 'deriveBits'],
} as const;

/** Returns the faults in the members with the purpose and the id of a key (RFC 7517 §4.2 to §4.5). */
export function purposeFaults(jwk: Jwk, kind: KeyKind): KeyFault[] {
  const { use, key_ops, alg, kid } = jwk;
  const possible = USES.filter((one) => kind[one].length > 0);
  const isUse = possible.some((one) => one === use);
  // Operations and algorithm must agree with a valid `use`; without one, the kind of key must allow them.
  const uses = isUse ? possible.filter((one) => one === use) : possible;
  const details: [member: string, detail: string | undefined][] = [
    ['use', use === undefined || isUse ? undefined : `must be ${possible.join(' or ')} for this kind of key`],
    [
      'key_ops',
      operationsFault(
        key_ops,
        uses.flatMap((one) => OPERATIONS[one]),
      ),
    ],
    [
      'alg',
      algFault(
        alg,
        uses.flatMap((one) => kind[one]),
      ),
    ],
    ['kid', kid === undefined || typeof kid === 'string' ? undefined : 'must be a string'],
  ];
  return details.flatMap(([member, detail]) => (detail === undefined ? [] : [{ member, detail }]));
}

function operationsFault(value: unknown, allowed: readonly string[]): string | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) return 'must be an array of strings';
  if (!value.every((operation) => allowed.includes(operation as string)))
    return `must not hold anything but ${allowed.join(', ')} for this kind and use of key`;
  return new Set(value).size === value.length ? undefined : 'must not hold an operation twice';
}

function algFault(value: unknown, allowed: readonly string[]): string | undefined {
  const isAllowed = value === undefined || allowed.includes(value as string);
  return isAllowed ? undefined : `must be one of ${allowed.join(', ')} for this kind and use of key`;
}
