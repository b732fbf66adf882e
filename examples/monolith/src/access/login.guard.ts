import {
  ForbiddenException,
  Injectable,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Users, type Role } from './users.js';

/** Lets logged-in users in. */
@Injectable()
export class LoginGuard implements CanActivate {
  protected readonly role: Role | undefined = undefined;

  constructor(private readonly users: Users) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<{ headers: { authorization?: string } }>();
    const user = this.users.find(headers.authorization);
    if (!user) throw new UnauthorizedException('Log in first.');
    if (this.role && user.role !== this.role) throw new ForbiddenException(`Only for the role ${this.role}.`);
    return true;
  }
}

/** Lets operators in: on the routes of the registry, too. */
@Injectable()
export class OperatorGuard extends LoginGuard {
  protected override readonly role = 'operator';
}
