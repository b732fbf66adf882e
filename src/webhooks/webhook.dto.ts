import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { BodyClass } from '../fields/body-class.decorator.js';
import { declareField, oneFault } from '../fields/field.js';
import { ListField, TextField, UriField } from '../fields/text-fields.js';
import { FlagField } from '../fields/value-fields.js';
import { httpsUrlFault } from '../fields/web-url.js';
import { OAuthError, type Fault } from '../oauth-error/oauth-error.js';
import { EVENT_KINDS } from './delivery/news.js';
import { OWNER_MAX_LENGTH } from './table/webhook.entity.js';

function refused(faults: readonly [Fault, ...Fault[]]): OAuthError {
  return OAuthError.invalidRequest(faults[0].detail, [...faults]);
}

function receiverFault(url: string): string | undefined {
  const fault = httpsUrlFault(url);
  if (fault !== undefined) return fault;
  if (/^[^/]*\/\/[^/?#]*@/.test(url)) return 'must not contain user information';
  return url.includes('#') ? 'must not contain a fragment (#)' : undefined;
}

function kindFault(kind: string): string | undefined {
  return EVENT_KINDS.includes(kind) ? undefined : `must be one of ${EVENT_KINDS.join(', ')}`;
}

/** Members that only the registry sets. */
const SERVER_OWNED = [
  'id',
  'reason',
  'position',
  'created_at',
  'updated_at',
  'created_by',
] as const satisfies readonly (keyof WebhookView)[];

/** The body of a request that makes or replaces a webhook. A webhook can be sent back as it was read. */
@ApiSchema({
  name: 'oAuth2ClientWebhookInput',
  description: 'Where to send which changes of clients, and notices that their secrets end soon.',
})
@BodyClass({ refuse: refused, ignores: () => SERVER_OWNED })
export class WebhookInput {
  /** Where changes are posted to: an absolute https URL. */
  @UriField('Where changes are posted to, https only.', {
    check: receiverFault,
    example: 'https://receiver.example.com/hooks/clients',
  })
  url = '';
  /** Kinds of changes, and of notices, that are sent. Default all. */
  @ListField(
    'The kinds of changes that are sent, and `client.secret.expiring`; an empty list for all.',
    { check: kindFault, example: ['client.created', 'client.updated', 'client.deleted'] },
    EVENT_KINDS,
  )
  kinds: string[] = [];
  /** The only owner whose clients' changes are sent. Default all. */
  @TextField('The only owner whose clients’ changes are sent; empty for all.', {
    max: OWNER_MAX_LENGTH,
    example: 'team-orders',
  })
  owner = '';
  /** Whether to send nothing until this is false again. Default false. */
  @FlagField('`true` to send nothing; what happens meanwhile is sent when it is `false` again.')
  disabled = false;
}

/** The body of a request that sends changes again. */
@ApiSchema({ name: 'oAuth2ClientWebhookReplay', description: 'From where changes are sent again.' })
@BodyClass({ refuse: refused })
export class ReplayInput {
  /** Position in the journal of the first change that is sent again, from 1. */
  @ApiProperty({ required: true })
  @declareField(
    {
      check: (value) =>
        oneFault(Number.isSafeInteger(value) && (value as number) > 0 ? undefined : 'must be a position, from 1'),
    },
    {
      type: 'integer',
      format: 'int64',
      minimum: 1,
      description: 'Position in the journal of the first change that is sent again.',
      example: 1,
    },
  )
  position!: number;
}

const TIME = { format: 'date-time', example: '2026-01-31T12:00:00.000Z' };
const POSITION = { type: 'integer', format: 'int64', example: 42 } as const;

/** Who made something. */
@ApiSchema({ name: 'oAuth2ClientWebhookMaker', description: 'Who made a webhook.' })
class MakerView {
  @ApiProperty({ description: 'How it was identified.', example: 'api_key' })
  type!: string;
  @ApiProperty({ description: 'Identifier, unique within its type.', example: 'ADMIN_API_KEY' })
  id!: string;
  @ApiProperty({ description: 'Name, for people.', example: 'ADMIN_API_KEY' })
  name!: string;
}

/** A webhook as the admin API shows it. */
@ApiSchema({
  name: 'oAuth2ClientWebhook',
  description: 'Where changes of clients are sent, and how far that has come.',
})
export class WebhookView {
  @ApiProperty({
    description: 'Identifies the webhook.',
    format: 'uuid',
    example: '7d0c5c5e-5b3f-4a57-9d3c-0f6c1e1f2a3b',
  })
  id!: string;
  @ApiProperty({
    description: 'Where changes are posted to.',
    example: 'https://receiver.example.com/hooks/clients',
  })
  url!: string;
  @ApiProperty({
    description: 'The kinds of changes that are sent, and `client.secret.expiring`; empty for all.',
    isArray: true,
    enum: EVENT_KINDS,
    example: [],
  })
  kinds!: string[];
  @ApiProperty({ description: 'The only owner whose clients’ changes are sent; empty for all.', example: '' })
  owner!: string;
  @ApiProperty({ description: 'Is nothing sent?', example: false })
  disabled!: boolean;
  @ApiProperty({
    description: 'Why nothing is sent; `null` while it is.',
    type: String,
    nullable: true,
    example: null,
  })
  reason!: string | null;
  @ApiProperty({
    ...POSITION,
    description:
      'Position in the journal up to which all changes have been delivered, or are listed as deliveries that are late.',
  })
  position!: number;
  @ApiProperty({ ...TIME, description: 'When it was made, in UTC.' })
  created_at!: string;
  @ApiProperty({ ...TIME, description: 'When it was last replaced, or its secret rotated, in UTC.' })
  updated_at!: string;
  @ApiProperty({ description: 'Who made it.', type: MakerView })
  created_by!: MakerView;
}

/** A webhook in a response that shows its signing secret. */
@ApiSchema({ name: 'oAuth2ClientWebhookSecret', description: 'A webhook, with its signing secret.' })
export class SigningWebhookView extends WebhookView {
  @ApiProperty({
    description: 'The key of its signatures, as Standard Webhooks has it. No later response shows it.',
    example: 'whsec_…',
  })
  signing_secret!: string;
}

/** A delivery that has not succeeded. */
@ApiSchema({
  name: 'oAuth2ClientWebhookDelivery',
  description: 'A change, or a notice that a secret ends soon, that the receiver does not have yet.',
})
export class DeliveryView {
  @ApiProperty({
    ...POSITION,
    description: 'Position of the change in the journal; below zero for a notice, which has no place there.',
  })
  position!: number;
  @ApiProperty({
    description: 'Identifies the change or the notice; the receiver knows it as `webhook-id`.',
    format: 'uuid',
    example: '019c1d5c-0c00-7c3e-8f5e-2b8a4f3f9d10',
  })
  id!: string;
  @ApiProperty({ description: 'The client that changed, or whose secret ends.', example: 'orders-web' })
  client_id!: string;
  @ApiProperty({
    description: '`waiting` for the next attempt, or `parked`: it is not tried any longer.',
    enum: ['waiting', 'parked'],
    example: 'waiting',
  })
  state!: string;
  @ApiProperty({ ...TIME, description: 'Since when it is late, in UTC. Two days later it is parked.' })
  since!: string;
  @ApiProperty({
    description: 'How often it was tried; 0 when it waits behind an earlier change of the same client.',
    type: 'integer',
    example: 3,
  })
  attempts!: number;
  @ApiProperty({ ...TIME, description: 'When it was last tried, in UTC.', type: String, nullable: true })
  attempted_at!: string | null;
  @ApiProperty({
    ...TIME,
    description: 'When it is tried next, in UTC; `null` when it is parked, or waits behind an earlier change.',
    type: String,
    nullable: true,
  })
  next_attempt_at!: string | null;
  @ApiProperty({
    description: 'HTTP status of the last answer; `null` without one.',
    type: 'integer',
    nullable: true,
    example: 500,
  })
  status!: number | null;
  @ApiProperty({
    description: 'What went wrong last; `null` when nothing has.',
    type: String,
    nullable: true,
    example: 'The answer was 500.',
  })
  problem!: string | null;
}
