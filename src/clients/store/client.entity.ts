import { inspect } from 'node:util';
import { Column, Index, PrimaryColumn } from 'typeorm';
import { RegistryEntity } from '../../database/sql/registry-entity.js';
import { CLIENT_ID_MAX_LENGTH } from '../../secrets/client-secret.entity.js';
import { randomBytes } from '../../secrets/generated/random-bytes.js';
import {
  ClientMetadata,
  METADATA_FIELDS,
  NAME_MAX_LENGTH,
  taggedFieldsOf,
  valueOf,
} from '../metadata/client-metadata.js';
import { TokenLifespans } from '../metadata/members/token-lifespans.js';
import type { RegisteredVia } from '../metadata/origin/registered-via.js';
import { fieldsOf, holdsNothing, type Field } from '../../fields/field.js';
import { memberTexts, RawJson } from '../../json/json-text.js';

/** Current version of the format in which documents are rendered; a release that adds or changes a member increments it. */
export const DOCUMENT_SHAPE = 2;
/** The first shape in which every client has a row in the journal. */
export const JOURNALED_SHAPE = 2;

const KEPT_AS_TEXT = new Set(METADATA_FIELDS.filter(({ keepsText }) => keepsText).map(({ name }) => name));
const LIFESPANS = new Set(fieldsOf(TokenLifespans).map(({ name }) => name));
/** The fields that a document shows before its times, and those after them. */
const BEFORE_TIMES = METADATA_FIELDS.filter(({ name }) => !LIFESPANS.has(name));
const BEHIND_TIMES = METADATA_FIELDS.filter(({ name }) => LIFESPANS.has(name));

/**
 * A registered client. Its members are stored as one text, `document`, which is rendered when the client is written and sent unchanged when
 * it is read; the few searchable values are copied to columns. See docs/decisions/0001-document-column.md.
 */
@RegistryEntity('oauth2_client')
@Index('oauth2_client_name', ['name', 'id'])
@Index('oauth2_client_owner', ['owner', 'id'])
@Index('oauth2_client_auth_method', ['authMethod', 'id'])
@Index('oauth2_client_created_at', ['createdAt', 'id'])
@Index('oauth2_client_updated_at', ['updatedAt', 'id'])
export class Client {
  /** The `client_id`. */
  @PrimaryColumn({
    type: 'varchar',
    length: CLIENT_ID_MAX_LENGTH,
    collation: 'C',
    primaryKeyConstraintName: 'oauth2_client_pkey',
  })
  id!: string;

  /** 1 + the number of changes. */
  @Column({ type: 'int' })
  version!: number;

  /** Version of the format in which the document is rendered, see `DOCUMENT_SHAPE`. */
  @Column({ type: 'int' })
  shape!: number;

  /** Random text drawn at creation: it distinguishes the client from an earlier one with the same id. */
  @Column({ type: 'varchar', length: 16 })
  tag!: string;

  /** The client as the admin API shows it, as JSON text, without its secrets. */
  @Column({ type: 'text' })
  document!: string;

  /** Copy of `client_name`, for searches. */
  @Column({ type: 'varchar', length: NAME_MAX_LENGTH, collation: 'C' })
  name!: string;

  /** Copy of `owner`, for searches. */
  @Column({ type: 'varchar', length: NAME_MAX_LENGTH, collation: 'C' })
  owner!: string;

  /** Copy of `token_endpoint_auth_method`, for searches. */
  @Column({ name: 'auth_method', type: 'varchar', length: 32, collation: 'C' })
  authMethod!: string;

  /** SHA-256 of the registration access token (RFC 7592) in hexadecimal; the token is random and needs no salt. Not selected. */
  @Column({ name: 'registration_token_digest', type: 'varchar', length: 64, select: false })
  registrationTokenDigest!: string;

  /** JSON of the previous registration access token, while it may be valid; `null` when there is none. Not selected. */
  @Column({ name: 'former_token', type: 'text', nullable: true, select: false })
  formerToken!: string | null;

  /** JSON of its {@link RegisteredVia}, which never changes; `null` for a client that is older than this column. */
  @Column({ name: 'registered_via', type: 'text', nullable: true })
  registeredVia!: string | null;

  /** JSON of its {@link SuspensionView}; `null` unless it is suspended. */
  @Column({ type: 'text', nullable: true })
  suspended!: string | null;

  /** When it was created, in UTC, `2026-01-31T12:00:00.000Z`: every database sorts such texts in the same order. */
  @Column({ name: 'created_at', type: 'varchar', length: 24, collation: 'C' })
  createdAt!: string;

  /** When it was last changed, in the same format. */
  @Column({ name: 'updated_at', type: 'varchar', length: 24, collation: 'C' })
  updatedAt!: string;

  /**
   * Creates a client with its first document: a new tag, version 1, created now. It is not written yet.
   *
   * @internal
   * @param id the `client_id`
   * @param registrationTokenDigest SHA-256 of its registration access token, in hexadecimal; `''` when it has none
   * @param via where it comes from
   */
  static create(id: string, metadata: ClientMetadata, registrationTokenDigest: string, via: RegisteredVia): Client {
    const now = new Date().toISOString();
    const client = Object.assign(new Client(), {
      id,
      version: 1,
      shape: DOCUMENT_SHAPE,
      tag: randomBytes(9).toString('base64url'),
      createdAt: now,
      updatedAt: now,
      registrationTokenDigest,
      formerToken: null,
      registeredVia: JSON.stringify(via),
      suspended: null,
    } satisfies Partial<Client>);
    client.render(metadata);
    return client;
  }

  /** Parses the document, on each call again. The member `metadata` keeps the text that was sent. */
  readMetadata(): ClientMetadata {
    const shown = JSON.parse(this.document) as Record<string, unknown>;
    const texts = memberTexts(this.document, KEPT_AS_TEXT);
    const metadata = new ClientMetadata();
    const fields = [...METADATA_FIELDS, ...taggedFieldsOf(shown)];
    for (const { name } of fields.filter((field) => Object.hasOwn(shown, field.name))) {
      const text = texts.get(name);
      Object.assign(metadata, { [name]: text === undefined ? shown[name] : new RawJson(text, shown[name]) });
    }
    return metadata;
  }

  /**
   * Renders the document and the copied columns from metadata and state; nothing else assigns them.
   *
   * @internal
   */
  render(metadata: ClientMetadata): void {
    this.name = metadata.client_name;
    this.owner = metadata.owner;
    this.authMethod = metadata.token_endpoint_auth_method;
    const members = (fields: readonly Field[]): [string, unknown][] =>
      fields.flatMap((field) => {
        const value = valueOf(metadata, field);
        return field.omitEmpty && holdsNothing(value) ? [] : [[field.name, value]];
      });
    const times: [string, unknown][] = [
      ['created_at', this.createdAt],
      ['updated_at', this.updatedAt],
    ];
    const kept: [string, string | null][] = [
      ['registered_via', this.registeredVia],
      ['suspended', this.suspended],
    ];
    const state = kept.flatMap(([name, json]): [string, unknown][] => (json ? [[name, JSON.parse(json)]] : []));
    const before = [...BEFORE_TIMES, ...taggedFieldsOf(metadata)];
    const all = [['client_id', this.id], ...members(before), ...times, ...state, ...members(BEHIND_TIMES)];
    this.document = `{${all.map(([name, value]) => `"${name}":${RawJson.write(value)}`).join(',')}}`;
  }

  /**
   * Whether the two documents show the same client, apart from the time of the last change.
   *
   * @internal
   */
  showsTheSameAs(other: Client): boolean {
    return this.documentWithoutTime() === other.documentWithoutTime();
  }

  /** Removes the time. Quotes in the texts after `updated_at` are escaped, so the last match is the member itself. */
  private documentWithoutTime(): string {
    const at = this.document.lastIndexOf(`"updated_at":"${this.updatedAt}"`);
    return this.document.slice(0, at) + this.document.slice(at).replace(this.updatedAt, '');
  }

  /** Returns all members except the digests of the registration access tokens. */
  toJSON(): object {
    return { ...this, registrationTokenDigest: undefined, formerToken: undefined };
  }

  /** @internal */
  [inspect.custom](): object {
    return this.toJSON();
  }
}
