import type { ApiOperationOptions } from '@nestjs/swagger';

/** Metadata key of `ApiOperation`, which @nestjs/swagger does not export. */
const OPERATION = 'swagger/apiOperation';

/** Returns the options that `ApiOperation` set for a route's handler; `undefined` when there are none. */
export function documentedOperation(handler: object): ApiOperationOptions | undefined {
  return Reflect.getMetadata(OPERATION, handler) as ApiOperationOptions | undefined;
}
