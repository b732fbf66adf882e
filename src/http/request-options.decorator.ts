import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Reply } from './answer.js';
import { prefersStrict, STRICT_HANDLING } from './prefer.js';

/** What the headers of a request with a body ask for, as options of the method that answers it. */
export interface RequestOptions {
  /** `If-Match` (RFC 9110 §13.1.1). */
  ifMatch: string | undefined;
  /** `Prefer: handling=strict` (RFC 7240 §4.4). */
  strict: boolean;
}

interface Received {
  headers: Record<string, string | undefined>;
}

/** The {@link RequestOptions} of a request. The response says which preference was applied, whatever its status. */
export const HeaderOptions = createParamDecorator((_: unknown, context: ExecutionContext): RequestOptions => {
  const http = context.switchToHttp();
  const { headers } = http.getRequest<Received>();
  const strict = prefersStrict(headers['prefer']);
  if (strict) http.getResponse<Reply>().header('Preference-Applied', STRICT_HANDLING);
  return { ifMatch: headers['if-match'], strict };
});
