import { METADATA_FIELDS } from '../../clients/metadata/client-metadata.js';
import { KNOWN_GRANTS } from '../../clients/metadata/standard/grants-and-responses.js';
import type { Field } from '../../fields/field.js';
import { ALGORITHMS } from '../../jwt/algorithms.js';
import type { MemberName } from './policy-members.js';
import type { ReadRules } from './read-rules.js';

/** What a policy offers to clients. */
export interface PolicyOffer {
  /**
   * By member, what a client may choose from: values, beginnings of texts followed by `*`, or patterns of redirect URIs. A member that is not
   * listed may have any value that the registry knows.
   */
  values: ReadonlyMap<string, readonly unknown[]>;
  /** The members that a client must set. */
  required: readonly string[];
  /** The members that no client may set. */
  closed: readonly string[];
}

/** The choices of members whose fields do not list them. */
const CHOICES: { readonly [Member in MemberName]?: readonly string[] } = {
  grant_types: KNOWN_GRANTS,
  token_endpoint_auth_signing_alg: ALGORITHMS,
};

/** Returns what the rules of a policy offer. */
export function offerOf({ allowed, must, closed }: Pick<ReadRules, 'allowed' | 'must' | 'closed'>): PolicyOffer {
  const values = METADATA_FIELDS.filter(({ name }) => !closed.has(name)).flatMap(
    (field): [string, readonly unknown[]][] => {
      const choices = choicesOf(field);
      const narrowed = allowed.get(field.name);
      if (!narrowed) return choices ? [[field.name, choices]] : [];
      return [[field.name, choices?.filter((choice) => narrowed.permits(choice)) ?? narrowed.values]];
    },
  );
  return { values: new Map(values), required: [...must], closed: [...closed] };
}

function choicesOf({ name, schema }: Field): readonly unknown[] | undefined {
  return CHOICES[name as MemberName] ?? (schema.enum as unknown[] | undefined);
}
