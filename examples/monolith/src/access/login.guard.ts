import {
  ForbiddenException,
  Injectable,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Users, type Role } from './users.js';

/** Admits users who are logged in. */
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

/** Admits operators only. It also guards the routes of the registry. */
@Injectable()
export class OperatorGuard extends LoginGuard {
  protected override readonly role = 'operator';
}
