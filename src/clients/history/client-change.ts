import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { patchBetween } from '../../json/json-diff.js';
import { objectText } from '../../json/json-text.js';
import { ChangeView } from '../../journal/reading/change.dto.js';
import { changeMembers, type ShownChange } from '../../journal/table/change-text.js';
import type { PatchOperation } from '../metadata/client-bodies.js';
import { FullClientView, type ClientView } from '../metadata/client.dto.js';
import { JsonPatchView } from '../metadata/values/json-patch.dto.js';

/** One change of a client, and the client after it. */
@ApiSchema({ name: 'oAuth2ClientChangeDetail', description: 'One change of a client, and the client after it.' })
export class ChangeDetailView extends ChangeView {
  @ApiProperty({ description: 'The client after the change; for a removal, its last state.', type: FullClientView })
  client!: ClientView;
  @ApiProperty({
    description:
      'JSON Patch (RFC 6902) that makes this client of that of the version before; `null` when that version is not known, or not to be seen.',
    type: [JsonPatchView],
    nullable: true,
  })
  patch!: PatchOperation[] | null;
}

/** One change of a client, ready to be sent. */
export class ClientChangeAnswer {
  /** @param json the change as the admin API shows it, as JSON text that keeps every digit of the numbers in `metadata` */
  constructor(readonly json: string) {}

  /** The change in {@link json}, parsed on each access; numbers in `metadata` may lose digits. */
  get change(): ChangeDetailView {
    return JSON.parse(this.json) as ChangeDetailView;
  }
}

/**
 * Returns the answer that shows a change.
 *
 * @param before the previous change; `undefined` when it is unknown, or the caller may not see it
 */
export function changeAnswer(change: ShownChange, before?: ShownChange): ClientChangeAnswer {
  const patch = before ? patchBetween(before.document, change.document) : 'null';
  const members = changeMembers(change);
  return new ClientChangeAnswer(objectText([...members, ['client', change.document], ['patch', patch]]));
}
