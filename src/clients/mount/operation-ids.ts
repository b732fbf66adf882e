import type { Type } from '@nestjs/common';
import { MetadataScanner } from '@nestjs/core';
import { ApiOperation, type ApiOperationOptions } from '@nestjs/swagger';

/** Where @nestjs/swagger keeps what `ApiOperation` says; it exports no name for it. */
const OPERATION = 'swagger/apiOperation';

type Handler = (...values: unknown[]) => unknown;

/**
 * Gives a controller operations of its own under other operationIds: OpenAPI wants each of them once, and two registries may
 * stand in one document.
 *
 * @param controller a subclass, whose handlers are its parent's
 * @param prefix stands before each operationId
 */
export function prefixOperationIds(controller: Type<object>, prefix: string): void {
  const prototype = controller.prototype as Record<string, Handler>;
  for (const name of new MetadataScanner().getAllMethodNames(prototype)) {
    const handler = prototype[name] as Handler;
    const operation = Reflect.getMetadata(OPERATION, handler) as ApiOperationOptions | undefined;
    if (!operation?.operationId) continue;
    const own = function (this: object, ...values: unknown[]): unknown {
      return handler.apply(this, values);
    };
    for (const key of Reflect.getMetadataKeys(handler) as string[])
      Reflect.defineMetadata(key, Reflect.getMetadata(key, handler), own);
    const descriptor = { value: own, writable: true, configurable: true };
    Object.defineProperty(prototype, name, descriptor);
    ApiOperation({ ...operation, operationId: prefix + operation.operationId })(prototype, name, descriptor);
  }
}
