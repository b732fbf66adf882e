import { Injectable } from '@nestjs/common';

/** Role of a user, which decides what the user may do. */
export type Role = 'customer' | 'operator';

/** A user who is logged in. */
export interface User {
  name: string;
  role: Role;
}

/** Finds users by their bearer tokens. A real shop would ask its identity provider. */
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
