import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { AnyJson } from './any-json.dto.js';

/** One operation of a JSON Patch. */
@ApiSchema({ name: 'jsonPatch', description: 'One operation of a JSON Patch (RFC 6902).' })
export class JsonPatchView {
  @ApiProperty({
    description: 'What is done.',
    enum: ['add', 'remove', 'replace', 'move', 'copy', 'test'],
    example: 'replace',
  })
  op!: string;
  @ApiProperty({ description: 'JSON Pointer (RFC 6901) to the member.', example: '/client_name' })
  path!: string;
  @ApiProperty({ description: 'JSON Pointer to the source, for `move` and `copy`.', required: false })
  from?: string;
  @ApiProperty({ description: 'The value, for `add`, `replace` and `test`.', required: false, type: AnyJson })
  value?: unknown;
}
