import type { Type } from '@nestjs/common';
import { MetadataScanner } from '@nestjs/core';
import { ApiOperation } from '@nestjs/swagger';
import { documentedOperation } from '../../access/documented-operation.js';

type Handler = (...values: unknown[]) => unknown;

/**
 * Prefixes the operationIds of a controller: they must be unique in an OpenAPI document, which may describe two registries.
 *
 * @param controller a subclass that inherits its handlers; it gets copies of them, and its parent class does not change
 * @param prefix put before each operationId
 */
export function prefixOperationIds(controller: Type<object>, prefix: string): void {
  const prototype = controller.prototype as Record<string, Handler>;
  for (const name of new MetadataScanner().getAllMethodNames(prototype)) {
    const handler = prototype[name] as Handler;
    const operation = documentedOperation(handler);
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
