import { applyDecorators, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AnswerHeaders } from '../../http/answer.js';
import { OAuthErrorResponse } from '../../oauth-error/oauth-api.decorator.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import { Metrics } from './metrics.js';

const EXAMPLE = `# HELP oauth2_registry_build_info Always 1; the label says which release runs.
# TYPE oauth2_registry_build_info gauge
oauth2_registry_build_info{version="0.1.0"} 1
`;

/** Documents an operation that shows all metrics, and sets the headers of its answer. */
export function ShowsMetrics(operationId: string, summary: string): MethodDecorator {
  return applyDecorators(
    Header('Content-Type', Metrics.contentType),
    AnswerHeaders(),
    ApiOperation({
      operationId,
      summary,
      description:
        'For Prometheus, in its text format 0.0.4: what this process has answered since it started, how long that took, and how the process is. `METRICS=open` lets everybody read them. With `METRICS=off` this is 404, and so it is with `METRICS_PORT`, which has a listener of its own for it.',
    }),
    ApiOkResponse({
      description: 'The metrics of this process.',
      content: { 'text/plain': { schema: { type: 'string' }, example: EXAMPLE } },
    }),
    OAuthErrorResponse('Whether the credentials are valid cannot be checked now.', OAuthError.unavailable()),
  );
}
