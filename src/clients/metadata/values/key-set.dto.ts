import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { MAX_KEYS } from './key-set.js';
import { SchemaWith } from './schema-with.js';

/**
 * A public key (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2), for the OpenAPI document. Only `kty` lists its values: clients stored before the
 * other members had rules are shown as they are.
 */
@SchemaWith({ name: 'jsonWebKey', description: 'A public key (RFC 7517).', additionalProperties: true })
class JsonWebKeyView {
  @ApiProperty({ description: 'Key type.', enum: ['RSA', 'EC', 'OKP'], example: 'EC' })
  kty!: string;
  @ApiPropertyOptional({ description: 'Key ID, unique within the set.', example: '2026-01' })
  kid?: string;
  @ApiPropertyOptional({ description: 'What the key is for: `sig` for signatures, or `enc`.', example: 'sig' })
  use?: string;
  @ApiPropertyOptional({ description: 'Operations that the key is for.', type: [String], example: ['verify'] })
  key_ops?: string[];
  @ApiPropertyOptional({ description: 'Algorithm that the key is used with.', example: 'ES256' })
  alg?: string;
  @ApiPropertyOptional({ description: 'Curve of an EC or OKP key.', example: 'P-256' })
  crv?: string;
  @ApiPropertyOptional({ description: 'X coordinate of an EC key, or the public key of an OKP key; base64url.' })
  x?: string;
  @ApiPropertyOptional({ description: 'Y coordinate of an EC key; base64url.' })
  y?: string;
  @ApiPropertyOptional({ description: 'Modulus of an RSA key; base64url.' })
  n?: string;
  @ApiPropertyOptional({ description: 'Exponent of an RSA key; base64url.', example: 'AQAB' })
  e?: string;
  @ApiPropertyOptional({ description: 'URL of the certificates of the key.' })
  x5u?: string;
  @ApiPropertyOptional({
    description: 'Certificates of the key, that of the key first: DER in base64 with padding.',
    type: [String],
  })
  x5c?: string[];
  @ApiPropertyOptional({ description: 'SHA-1 thumbprint of the first certificate; base64url.' })
  x5t?: string;
  @ApiPropertyOptional({ description: 'SHA-256 thumbprint of the first certificate; base64url.' })
  'x5t#S256'?: string;
}

/** A JWK Set, for the OpenAPI document; `keySetShapeFault` validates it. */
@ApiSchema({ name: 'jsonWebKeySet', description: 'A JWK Set (RFC 7517 §5); `{}` if none is set.' })
export class JsonWebKeySetView {
  @ApiPropertyOptional({ description: 'The keys.', type: [JsonWebKeyView], maxItems: MAX_KEYS })
  keys?: JsonWebKeyView[];
}
