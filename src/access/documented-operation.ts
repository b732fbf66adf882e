import type { ApiOperationOptions } from '@nestjs/swagger';

/** Metadata key of `ApiOperation`, which @nestjs/swagger does not export. */
const OPERATION = 'swagger/apiOperation';

/** What `ApiOperation` said of a route's handler; `undefined` when it said nothing. */
export function documentedOperation(handler: object): ApiOperationOptions | undefined {
  return Reflect.getMetadata(OPERATION, handler) as ApiOperationOptions | undefined;
}
