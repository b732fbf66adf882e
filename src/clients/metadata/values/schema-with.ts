import { ApiSchema } from '@nestjs/swagger';

/** The name of a schema, and members that replace those that Swagger derives from the class. */
export interface SchemaMembers {
  name: string;
  description: string;
  /** Names of the members that every value has. Used only if the class itself requires none. */
  required?: readonly string[];
  /** Given as `undefined`: the schema allows values of any type. Default `object`. */
  type?: undefined;
  /** Given as `undefined`: the schema has no members of its own. Default: those that the class declares. */
  properties?: undefined;
  /** Schemas of members without fixed names, by patterns of their names: OpenAPI 3.0 itself cannot express this. */
  'x-patternProperties'?: Readonly<Record<string, object>>;
  /** True: values may have members that the class does not declare, and programs should keep them. */
  additionalProperties?: true;
}

/** As `ApiSchema`, for members that its type lacks: Swagger copies every given member into the schema. */
export function SchemaWith(members: SchemaMembers): ClassDecorator {
  return ApiSchema(members);
}
