import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Reply } from '../http/answer.js';
import { prefersStrict, STRICT_HANDLING } from '../http/prefer.js';
import type { Received } from '../http/request-body.decorator.js';
import { conditionsOf, type ChangeConditions } from './change-conditions.decorator.js';

/** What the headers of a request with a body ask for, as options of the service method that handles it. */
export interface RequestOptions extends ChangeConditions {
  /** `Prefer: handling=strict` (RFC 7240 §4.4). */
  strict: boolean;
}

/** Returns the {@link RequestOptions} of a request. The response reports the applied preference, whatever its status. */
export function requestOptionsOf(context: ExecutionContext): RequestOptions {
  const http = context.switchToHttp();
  const strict = prefersStrict(http.getRequest<Received>().headers['prefer']);
  if (strict) http.getResponse<Reply>().header('Preference-Applied', STRICT_HANDLING);
  return { ...conditionsOf(context), strict };
}

/** As {@link requestOptionsOf}. */
export const HeaderOptions = createParamDecorator((_: unknown, context: ExecutionContext) => requestOptionsOf(context));
