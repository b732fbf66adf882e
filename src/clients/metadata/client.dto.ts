import { BodyClass } from '../../fields/body-class.decorator.js';
import { ServerOwned, serverOwnedOf } from '../../fields/server-owned.js';
import { TextField } from '../../fields/text-fields.js';
import { CLIENT_ID_MAX_LENGTH } from '../../secrets/client-secret.entity.js';
import { ClientMetadata, METADATA_FIELDS } from './client-metadata.js';
import { RegisteredVia } from './origin/registered-via.js';
import { SuspensionView } from './suspension.dto.js';
import { SchemaWith } from './values/schema-with.js';

/** Rejects `.` and `..`: resolving a URL removes them (RFC 3986 §5.2.4), so no URL could address the client. */
function clientIdFault(id: string): string | undefined {
  return id === '.' || id === '..' ? 'must not be . or ..' : undefined;
}

/** Declares a member for a secret that the caller chooses. The schema has no `minLength`: that counts characters, not bytes. */
export function ChosenSecretField(): PropertyDecorator {
  return TextField(
    'A secret of your own choice, 6 to 1,024 bytes. Better leave it out: then a strong one is generated. Only the response to this request shows it.',
    { isSecret: true },
  );
}

/** Declares a member for the hash of a secret, made by another system. No answer shows it. */
export function SecretHashField(): PropertyDecorator {
  return TextField(
    'Hash of a secret that the client has already, as another system stored it: by bcrypt, PBKDF2 (in the form of Ory Hydra), Argon2 or scrypt. No response shows it. Excludes `client_secret`.',
    { max: 255, isSecret: true },
    { writeOnly: true },
  );
}

/** The members that a caller of the admin API may set. Those that the registry sets are ignored: a client may be sent as it was read. */
@BodyClass({ ignores: () => serverOwnedOf(ClientView).map(({ name }) => name) })
export class ClientInput extends ClientMetadata {
  @TextField('Identifies the client, and cannot be changed. It is generated if it is left out.', {
    max: CLIENT_ID_MAX_LENGTH,
    check: clientIdFault,
    example: 'orders-web',
  })
  client_id = '';
  /** A secret that the caller chooses, 6 to 1,024 bytes. Default: the registry generates a strong one. */
  @ChosenSecretField()
  client_secret = '';
  /**
   * A hash of the secret, made by another system with bcrypt, PBKDF2, Argon2 or scrypt; docs/contract.md section 8 lists the formats. No
   * answer shows it. Default none.
   */
  @SecretHashField()
  client_secret_hash = '';
}

/** Schema of members with language tags (RFC 7591 §2.2): programs keep them although they do not know their names. */
export const TAGGED = {
  additionalProperties: true,
  'x-patternProperties': {
    [`^(${METADATA_FIELDS.flatMap(({ name, takesTags }) => (takesTags ? [name] : [])).join('|')})#`]: {
      type: 'string',
    },
  },
} as const;

/** A client as a caller may send it, and as a list shows it; a list can leave out any member. */
@SchemaWith({
  ...TAGGED,
  name: 'oAuth2Client',
  description:
    'An OAuth 2.0 client: its metadata (RFC 7591), the lifespans of its tokens, and the members that the registry adds. Members that a request leaves out get their defaults, and those that the registry adds are ignored there: a client may be sent back as it was read. `client_name`, `client_uri`, `logo_uri`, `policy_uri` and `tos_uri` may stand there again for other languages, as in `client_name#de` (RFC 7591, section 2.2).',
})
export class ClientView extends ClientInput {
  @ServerOwned('When the client was created, in UTC.', { format: 'date-time' })
  created_at!: string;
  @ServerOwned('When the client was last changed, in UTC.', { format: 'date-time' })
  updated_at!: string;
  @ServerOwned('Where the client comes from; left out for clients from before this was kept.', {
    type: RegisteredVia,
    shown: 'sometimes',
  })
  registered_via?: RegisteredVia;
  @ServerOwned('Present while the client is suspended: it does not authenticate.', {
    type: SuspensionView,
    shown: 'sometimes',
  })
  suspended?: SuspensionView;
  @ServerOwned('Bearer token for the client configuration endpoint (RFC 7592). Shown once, on creation.', {
    shown: 'once',
  })
  registration_access_token?: string;
  @ServerOwned('URL of the client configuration endpoint (RFC 7592).', { shown: 'once' })
  registration_client_uri?: string;
}

/** The members that every answer with a whole client contains. */
const ALWAYS_SHOWN: readonly string[] = [
  'client_id' satisfies keyof ClientInput,
  ...METADATA_FIELDS.flatMap(({ name, omitEmpty }) => (omitEmpty ? [] : [name])),
  ...serverOwnedOf(ClientView).flatMap(({ name, shown }) => (shown === 'always' ? [name] : [])),
];

/** A {@link ClientView} in an answer about one client; its schema declares the members on which programs can rely. */
@SchemaWith({
  ...TAGGED,
  name: 'oAuth2ClientResponse',
  description:
    'A client in a response that shows all of it. Members that are not required are left out while they are unset; `client_secret`, `registration_access_token` and `registration_client_uri` are shown once.',
  required: ALWAYS_SHOWN,
})
export class FullClientView extends ClientView {}
