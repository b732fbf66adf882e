const MARK = Symbol('for administrators');

/** A client that registers itself does not set this member, unless its policy opens it. */
export function ForAdministrators(): PropertyDecorator {
  return Reflect.metadata(MARK, true);
}

/** Is a member for administrators? */
export function isForAdministrators(type: abstract new () => object, member: string): boolean {
  return Reflect.hasMetadata(MARK, type.prototype as object, member);
}
