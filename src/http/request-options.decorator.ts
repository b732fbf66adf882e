import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Reply } from './answer.js';
import { conditionsOf, type ChangeConditions, type Received } from './change-conditions.decorator.js';
import { prefersStrict, STRICT_HANDLING } from './prefer.js';

/** What the headers of a request with a body ask for, as options of the method that answers it. */
export interface RequestOptions extends ChangeConditions {
  /** `Prefer: handling=strict` (RFC 7240 §4.4). */
  strict: boolean;
}

/** The {@link RequestOptions} of a request. The response says which preference was applied, whatever its status. */
export const HeaderOptions = createParamDecorator((_: unknown, context: ExecutionContext): RequestOptions => {
  const http = context.switchToHttp();
  const strict = prefersStrict(http.getRequest<Received>().headers['prefer']);
  if (strict) http.getResponse<Reply>().header('Preference-Applied', STRICT_HANDLING);
  return { ...conditionsOf(context), strict };
});
