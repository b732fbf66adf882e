import { ApiExtraModels, ApiProperty, ApiSchema, getSchemaPath } from '@nestjs/swagger';
import { BodyClass } from '../../fields/body-class.decorator.js';
import { declareField, fieldsOf, oneFault, type FieldFault } from '../../fields/field.js';
import { isUuid } from '../../fields/uuid.js';
import { storedTime } from '../../http/query/stored-time.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import { CLIENT_ID_MAX_LENGTH } from '../../secrets/client-secret.entity.js';
import type { BodyOf } from '../metadata/client-bodies.js';
import { SecretView } from '../metadata/client-secret.dto.js';
import { SchemaWith } from '../metadata/values/schema-with.js';

/** Maximum number of uses in one report. */
export const MOST_USES = 1000;
/** How far the clock of a reporting server may be ahead, in milliseconds. */
const CLOCK_DIFFERENCE = 60_000;

/** When a client and its secrets were used last, as the admin API shows it. */
@ApiSchema({ name: 'oAuth2ClientActivity', description: 'When a client and its secrets were used last.' })
export class ClientActivityView {
  @ApiProperty({ description: 'The client_id.', maxLength: CLIENT_ID_MAX_LENGTH, example: 'orders-web' })
  client_id!: string;
  @ApiProperty({
    description: 'When it was last used, in UTC, to the minute; `null` if that is not known.',
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2026-01-31T12:30:00.000Z',
  })
  last_used_at!: string | null;
  @ApiProperty({
    description:
      'Since when it is unused, in UTC: its last use or, if that is later, when it was created or restored, or when the registry began to note uses. The parameter `unused_since` of the list compares this time.',
    format: 'date-time',
    example: '2026-01-31T12:30:00.000Z',
  })
  unused_since!: string;
  @ApiProperty({ description: 'Its secrets, the current one first.', type: [SecretView] })
  secrets!: SecretView[];
}

/** One use of a client, as an authorization server reports it. */
@SchemaWith({ name: 'oAuth2ClientUse', description: 'A use of a client.', required: ['client_id'] })
export class ReportedUse {
  /** The `client_id`. */
  @declareField(
    { check: (id) => oneFault(isText(id) ? undefined : 'must be a client_id') },
    { description: 'The client_id.', type: String, maxLength: CLIENT_ID_MAX_LENGTH, example: 'orders-web' },
  )
  client_id!: string;
  /** Id of the secret with which the client authenticated, if it used one. */
  @declareField(
    { check: (id) => oneFault(isGiven(id) && !isSecretId(id) ? 'must be the id of a secret' : undefined) },
    {
      description: 'Id of the secret by which the client authenticated, if it was one.',
      type: String,
      format: 'uuid',
      nullable: true,
      example: '0c1b7d4e-6f0e-4a55-9a59-0b7c1b0f3f0e',
    },
  )
  secret_id?: string | null;
  /** Time of the use (RFC 3339). Default: now. */
  @declareField(
    { check: (at) => oneFault(isGiven(at) ? timeFault(at) : undefined) },
    {
      description: 'When, in RFC 3339. Default: now.',
      type: String,
      format: 'date-time',
      nullable: true,
      example: '2026-01-31T12:30:00Z',
    },
  )
  used_at?: string | null;
}

/** The body of a request that reports uses. */
@ApiSchema({ name: 'oAuth2ClientActivityReport', description: 'Uses of clients.' })
@ApiExtraModels(ReportedUse)
@BodyClass({ refuse: (faults) => OAuthError.invalidMembers(faults) })
export class ActivityReport {
  /** Uses of clients, at most 1,000. */
  @ApiProperty({ required: true })
  @declareField(
    { check: usesFaults, entries: ReportedUse },
    {
      type: 'array',
      items: { $ref: getSchemaPath(ReportedUse) },
      maxItems: MOST_USES,
      description: 'The uses, in any order; the last one of each client and secret counts.',
    },
  )
  uses!: ReportedUse[];
}

/** The body that reports uses. */
export type ActivityBody = BodyOf<ActivityReport>;

/** Returns the time of a reported use, at most now, in milliseconds since the epoch. */
export function momentOf({ used_at: at }: ReportedUse): number {
  return at ? Math.min(Date.parse(storedTime(at, false) ?? ''), Date.now()) : Date.now();
}

function usesFaults(uses: unknown): FieldFault[] {
  if (!Array.isArray(uses)) return oneFault('must be a list of uses');
  if (uses.length > MOST_USES) return oneFault(`must not have more than ${MOST_USES} entries`);
  return uses.flatMap((use: unknown, at) => useFaults(use).map(([name, detail]) => ({ at: [at, name], detail })));
}

/** Returns the faults in the members of one use. */
function useFaults(use: unknown): [name: string, detail: string][] {
  if (typeof use !== 'object' || use === null || Array.isArray(use)) return [['client_id', 'is missing']];
  const members = use as Record<string, unknown>;
  return fieldsOf(ReportedUse).flatMap(({ name, check }) =>
    check(members[name]).map(({ detail }): [string, string] => [name, detail]),
  );
}

function isText(id: unknown): boolean {
  return typeof id === 'string' && id !== '' && id.length <= CLIENT_ID_MAX_LENGTH;
}

function isSecretId(id: unknown): boolean {
  return typeof id === 'string' && isUuid(id);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function timeFault(at: unknown): string | undefined {
  const stored = typeof at === 'string' ? storedTime(at, false) : undefined;
  if (stored === undefined) return 'must be a time such as 2026-01-31T12:00:00Z';
  return Date.parse(stored) > Date.now() + CLOCK_DIFFERENCE ? 'must not lie in the future' : undefined;
}
