import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { IssuerKeys } from '../../access/jwt/issuer-keys.js';
import { Config } from '../config/config.js';

/** Fetches the keys of the token issuer at start, without delaying the start: the log shows early what is wrong. */
@Injectable()
export class IssuerAtStart implements OnApplicationBootstrap {
  constructor(
    private readonly config: Config,
    private readonly keys: IssuerKeys,
  ) {}

  /** Starts to fetch the keys. */
  onApplicationBootstrap(): void {
    if (this.config.ADMIN_AUTH.includes('jwt')) void this.keys.refresh();
  }
}
