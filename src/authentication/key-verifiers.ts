import { Injectable } from '@nestjs/common';
import { AssertionVerifier } from './assertion/assertion-verifier.js';
import { CertificateVerifier } from './mtls/certificate-verifier.js';

/** The verifiers of clients that have a key instead of a secret. */
@Injectable()
export class KeyVerifiers {
  constructor(
    readonly assertions: AssertionVerifier,
    readonly certificates: CertificateVerifier,
  ) {}
}
