const MARK = Symbol('for administrators');

/** Marks a member that a client cannot set when it registers itself, unless its policy allows that. */
export function ForAdministrators(): PropertyDecorator {
  return Reflect.metadata(MARK, true);
}

/** Whether only administrators set the member, see {@link ForAdministrators}. */
export function isForAdministrators(type: abstract new () => object, member: string): boolean {
  return Reflect.hasMetadata(MARK, type.prototype as object, member);
}
