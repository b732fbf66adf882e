import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { ActorView } from '../../journal/reading/change.dto.js';

/** A removed client as the admin API lists it, without its secrets and their hashes. */
@ApiSchema({ name: 'oAuth2ClientTombstone', description: 'A removed client that can be restored.' })
export class TombstoneView {
  @ApiProperty({ description: 'The client.', example: 'orders-web' })
  client_id!: string;
  @ApiProperty({ description: 'The name that it had.', example: 'Orders web' })
  client_name!: string;
  @ApiProperty({ description: 'The owner that it had.', example: 'team-orders' })
  owner!: string;
  @ApiProperty({ description: 'The life of the client_id, as in the history.', example: 'dFq3Zt0n5vLk' })
  tag!: string;
  @ApiProperty({ description: 'The version that the removal made.', type: 'integer', example: 4 })
  version!: number;
  @ApiProperty({
    description: 'When it was removed, in UTC.',
    format: 'date-time',
    example: '2026-01-31T12:00:00.000Z',
  })
  deleted_at!: string;
  @ApiProperty({ description: 'Who removed it.', type: ActorView })
  deleted_by!: ActorView;
  @ApiProperty({
    description: 'Until when it can be restored, in UTC; `null` if that is after the year 9999.',
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2026-03-02T12:00:00.000Z',
  })
  restorable_until!: string | null;
}
