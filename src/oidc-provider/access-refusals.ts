import { excerpt } from '../oauth-error/oauth-error.js';
import { ProviderRefusal } from './store/provider-refusal.js';

/** Returns 400 `invalid_scope` (RFC 6749 §5.2): a client requests a scope that it has not registered. */
export function scopeNotRegistered(scope: string): ProviderRefusal {
  return new ProviderRefusal(400, 'invalid_scope', `The client has not registered the scope ${excerpt(scope)}.`);
}

/** Returns 400 `invalid_target` (RFC 8707 §2): a client requests a token for an audience that it has not registered. */
export function audienceNotRegistered(): ProviderRefusal {
  return new ProviderRefusal(400, 'invalid_target', 'The client has not registered this resource as an audience.');
}
