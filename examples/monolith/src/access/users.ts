import { Injectable } from '@nestjs/common';

/** What somebody may do. */
export type Role = 'customer' | 'operator';

/** Somebody who has logged in. */
export interface User {
  name: string;
  role: Role;
}

/** Who is behind a bearer token. A real shop asks its identity provider. */
@Injectable()
export class Users {
  private readonly byToken = new Map<string, User>([
    ['token-of-carla', { name: 'carla', role: 'customer' }],
    ['token-of-oscar', { name: 'oscar', role: 'operator' }],
  ]);

  find(authorization = ''): User | undefined {
    return this.byToken.get(authorization.replace(/^Bearer /, ''));
  }
}
