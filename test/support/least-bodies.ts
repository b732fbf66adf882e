/** The smallest body that an operation accepts, by operationId. Default `{}`, and `[]` for a patch. */
const LEAST_BODIES: Record<string, string> = {
  createApiKey: '{"name":"ci","scopes":["keys:write"]}',
  createInitialAccessToken: '{"label":"partner"}',
  authenticateOAuth2Client: '{"form":"client_id=public"}',
  reportOAuth2ClientActivity: '{"uses":[]}',
  revertOAuth2Client: '{"version":1}',
  createOAuth2ClientWebhook: '{"url":"https://receiver.example.com/"}',
  setOAuth2ClientWebhook: '{"url":"https://receiver.example.com/"}',
  replayOAuth2ClientWebhook: '{"position":1}',
};

/** The smallest body that an operation accepts, as JSON. */
export function leastBody(operationId: string, method: string): string {
  return LEAST_BODIES[operationId] ?? (method.toLowerCase() === 'patch' ? '[]' : '{}');
}
