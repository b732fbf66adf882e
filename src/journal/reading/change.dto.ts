import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { CHANGE_KINDS, type ChangeKind } from '../table/change-entry.js';

/** Who made a change. */
@ApiSchema({ name: 'oAuth2ClientChangeActor', description: 'Who made a change.' })
export class ActorView {
  @ApiProperty({
    description: 'How it was identified; `host` is the application around the registry, `cli` the command line.',
    example: 'api_key',
  })
  type!: string;
  @ApiProperty({ description: 'Identifier, unique within its type; empty when it has none.', example: 'ci-orders' })
  id!: string;
  @ApiProperty({ description: 'Name, for people.', example: 'Orders pipeline' })
  name!: string;
  @ApiProperty({ description: 'The owner that it is bound to.', required: false, example: 'team-orders' })
  owner?: string;
  @ApiProperty({ description: 'IP address that the request came from.', required: false, example: '192.0.2.10' })
  address?: string;
  @ApiProperty({ description: 'Identifier of the request.', required: false })
  request_id?: string;
}

/** What is known of a secret after a change: neither the secret nor its hash. */
@ApiSchema({ name: 'oAuth2ClientChangeSecret', description: 'What is known of a secret after a change.' })
export class ChangeSecretView {
  @ApiProperty({ description: 'Identifies the secret.', example: '0c1b7d4e-6f0e-4a55-9a59-0b7c1b0f3f0e' })
  id!: string;
  @ApiProperty({ description: 'The name of the secret; `null` if it has none.', type: String, nullable: true })
  label!: string | null;
  @ApiProperty({
    description: 'Its last four characters if it was generated; `null` for a chosen one.',
    type: String,
    nullable: true,
    example: 'x7Qa',
  })
  hint!: string | null;
  @ApiProperty({ description: 'When it expires, in seconds since the epoch; 0 = never.', type: 'integer', example: 0 })
  expires_at!: number;
}

/** One change of a client as the admin API lists it. */
@ApiSchema({ name: 'oAuth2ClientChange', description: 'One change of a client, from the journal.' })
export class ChangeView {
  @ApiProperty({
    description:
      'Place in the chain of the journal, from 1; `null` until the change is sealed, a moment after it was made.',
    type: 'integer',
    nullable: true,
    example: 1042,
  })
  position!: number | null;
  @ApiProperty({
    description: 'Identifies the change; `null` for the state of a client that is older than the journal.',
    type: String,
    format: 'uuid',
    nullable: true,
    example: '019b76c2-8f00-7a3c-9a59-0b7c1b0f3f0e',
  })
  id!: string | null;
  @ApiProperty({ description: 'The client.', example: 'orders-web' })
  client_id!: string;
  @ApiProperty({
    description: 'The life of the client_id: a client that is created anew after a removal gets another one.',
    example: 'dFq3Zt0n5vLk',
  })
  tag!: string;
  @ApiProperty({ description: 'The version of the client that the change made.', type: 'integer', example: 3 })
  version!: number;
  @ApiProperty({ description: 'The owner of the client after the change.', example: 'team-orders' })
  owner!: string;
  @ApiProperty({ description: 'When it was made, in UTC.', format: 'date-time', example: '2026-01-31T12:00:00.000Z' })
  at!: string;
  @ApiProperty({
    description:
      'What happened. `client.baseline` is the state of a client that is older than the journal, before its first change in it.',
    enum: CHANGE_KINDS,
    isArray: true,
    example: ['client.updated'],
  })
  kinds!: ChangeKind[];
  @ApiProperty({ description: 'Top-level members that changed.', type: [String], example: ['redirect_uris'] })
  members!: string[];
  @ApiProperty({ description: 'Who made it.', type: ActorView })
  actor!: ActorView;
  @ApiProperty({ description: 'The secrets after the change, the newest first.', type: [ChangeSecretView] })
  secrets!: ChangeSecretView[];
  @ApiProperty({
    description: 'When it was sealed, in UTC; `null` until then. It never decreases along the chain.',
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2026-01-31T12:00:00.052Z',
  })
  sealed_at!: string | null;
  @ApiProperty({
    description: 'Digest over the seal before it and all that the change says, in hexadecimal; `null` until then.',
    type: String,
    nullable: true,
    example: '9c1f3f0e5f7b0a4a1c53d7a8f3a1b2c49c1f3f0e5f7b0a4a1c53d7a8f3a1b2c4',
  })
  seal!: string | null;
}
