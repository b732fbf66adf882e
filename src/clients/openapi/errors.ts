import { badMembers, refusalOf } from '../../fields/example-errors.js';
import { requireMatch } from '../../http/preconditions.js';
import { jsonBody } from '../../json/json-body.js';
import { readChangesQuery } from '../../journal/reading/changes.query.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import { ActivityReport } from '../activity/activity.dto.js';
import { malformedAsOf } from '../history/history-errors.js';
import { readHistoryQuery } from '../history/history-page.js';
import { RevertInput } from '../history/revert.dto.js';
import { readListQuery } from '../list/client-list.query.js';
import {
  clientIdInUse,
  clientIdTaken,
  lastValidSecret,
  methodWithoutSecrets,
  olderSecretIsLastValid,
} from '../metadata/client-errors.js';
import { pastExpiry } from '../metadata/client-metadata.rules.js';
import { ClientPatch } from '../metadata/client-patch.js';
import { RotationInput } from '../metadata/client-secret.dto.js';
import { ClientInput } from '../metadata/client.dto.js';
import { SuspensionInput } from '../metadata/suspension.dto.js';
import { readTombstonesQuery } from '../tombstones/tombstones.query.js';
import { WEB_APPLICATION } from './examples.js';

const NOT_JSON = refusalOf(() => jsonBody('{"client_name"'));
const BAD_MEMBERS = badMembers(ClientInput, {
  redirect_uris: ['https://app.example.com/callback#top'],
  token_endpoint_auth_method: 'client_secret_jwt',
});
const BAD_IF_MATCH = refusalOf(() => requireMatch('1', ''));
const NO_SECRETS = methodWithoutSecrets('none');

/** 400 for a path with a broken escape. */
export const BAD_PATH = OAuthError.invalidRequest('The request is malformed.');

/** Errors of requests (400), by operation; each list begins with the most common one. */
export const FAULTS = {
  create: [BAD_MEMBERS, NOT_JSON],
  list: [
    refusalOf(() => readListQuery(new URLSearchParams({ created_after: 'yesterday' }))),
    refusalOf(() => readListQuery(new URLSearchParams({ colour: 'blue' }))),
  ],
  get: [malformedAsOf()],
  history: [refusalOf(() => readHistoryQuery('', new URLSearchParams({ page_size: 'all' })))],
  changes: [
    refusalOf(() => readChangesQuery(new URLSearchParams({ kind: 'client.renamed' }))),
    refusalOf(() => readChangesQuery(new URLSearchParams({ after: 'yesterday' }))),
  ],
  revert: [badMembers(RevertInput, { version: 0 }), BAD_MEMBERS, NOT_JSON, BAD_IF_MATCH],
  patch: [
    refusalOf(() => new ClientPatch('[{"op":"replace","path":"/nickname","value":"Orders"}]').applyTo('', '{}')),
    BAD_MEMBERS,
    NOT_JSON,
    BAD_IF_MATCH,
  ],
  replace: [BAD_MEMBERS, NOT_JSON, BAD_IF_MATCH],
  remove: [BAD_IF_MATCH],
  lifespans: [
    badMembers(ClientInput, { client_credentials_grant_access_token_lifespan: '5 minutes' }),
    NOT_JSON,
    BAD_IF_MATCH,
  ],
  addSecret: [OAuthError.invalidMetadata([pastExpiry('expires_at')]), NO_SECRETS, NOT_JSON, BAD_IF_MATCH],
  rotate: [badMembers(RotationInput, { grace: '1 day' }), NO_SECRETS, NOT_JSON, BAD_IF_MATCH],
  forgetOlder: [NO_SECRETS, BAD_IF_MATCH],
  revoke: [BAD_IF_MATCH],
  suspend: [badMembers(SuspensionInput, { reason: 'x'.repeat(513) }), NOT_JSON, BAD_IF_MATCH],
  resume: [BAD_IF_MATCH],
  activity: [
    badMembers(ActivityReport, { uses: [{ client_id: 'orders-web', used_at: '9999-12-31T00:00:00Z' }] }),
    NOT_JSON,
  ],
  tombstones: [refusalOf(() => readTombstonesQuery(new URLSearchParams({ name: 'orders' })))],
} satisfies Record<string, [OAuthError, ...OAuthError[]]>;

/** Errors of requests that the state of the client does not allow (409), by operation. */
export const CONFLICTS = {
  create: clientIdTaken(WEB_APPLICATION.client_id),
  forgetOlder: olderSecretIsLastValid(),
  revoke: lastValidSecret(),
  restore: clientIdInUse(),
};
