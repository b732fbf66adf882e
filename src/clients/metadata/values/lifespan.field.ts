import { declareField, oneFault } from '../../../fields/field.js';
import { textFault } from '../../../fields/text-fields.js';
import { LIFESPAN_MAX_LENGTH, LIFESPAN_PATTERN, lifespanFault } from '../../../fields/lifespan.js';

/** Declares a member for a duration, returned as it was sent; `null` leaves it to the authorization server. */
export function LifespanField(description: string, example = '1h'): PropertyDecorator {
  const options = { max: LIFESPAN_MAX_LENGTH, check: lifespanFault };
  const check = (value: unknown) => (value === null ? [] : oneFault(textFault(value, options)));
  return declareField(
    { blankIsUnset: true, check },
    {
      type: String,
      nullable: true,
      pattern: LIFESPAN_PATTERN,
      maxLength: LIFESPAN_MAX_LENGTH,
      description,
      example,
    },
  );
}
