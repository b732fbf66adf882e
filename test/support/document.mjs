import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { readFileSync } from 'node:fs';

const document = JSON.parse(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8'));

/** Schemas compile when the first answer asks for them. `strict` would refuse the parts of the document that are no schemas. */
const ajv = new Ajv({ strict: false, validateSchema: false, allErrors: true });
formats.default(ajv);
ajv.addSchema(closed(document), 'document');

/** The operations, by the paths that lead to them; `prefix` is where a host has the registry. */
const OPERATIONS = Object.entries(document.paths).flatMap(([path, item]) => {
  const places = path.replace('/admin/', '(?:/admin)?/').replaceAll(/\{\w+\}/g, '[^/]+');
  return Object.entries(item).map(([method, operation]) => ({
    ...operation,
    method: method.toUpperCase(),
    pattern: new RegExp(`^(?<prefix>.*?)${places}/?$`),
    parameters: path.split('{').length - 1,
    pointer: `document#/paths/${path.replaceAll('/', '~1')}/${method}/responses`,
  }));
});

/**
 * The schemas with every member that they do not name forbidden: an answer has none that is not documented. Patterns of names are an
 * extension of the document.
 */
function closed(part) {
  if (typeof part !== 'object' || part === null) return part;
  if (Array.isArray(part)) return part.map(closed);
  const copy = Object.fromEntries(Object.entries(part).map(([name, value]) => [name, closed(value)]));
  const patterns = part['x-patternProperties'];
  if (patterns) return { ...copy, patternProperties: patterns, additionalProperties: false };
  const isObject = part.type === 'object' && part.properties && part.additionalProperties === undefined;
  return isObject ? { ...copy, additionalProperties: false } : copy;
}

/** The operation that a request asks for: without a prefix rather than with one, by a literal segment rather than by a parameter. */
function operationOf(method, path) {
  const found = OPERATIONS.flatMap((operation) => {
    const prefix = operation.method === method && operation.pattern.exec(path)?.groups.prefix;
    return typeof prefix === 'string' ? [{ ...operation, prefix }] : [];
  });
  const [first] = found.toSorted((a, b) => a.prefix.length - b.prefix.length || a.parameters - b.parameters);
  return first;
}

/**
 * Statuses that belong to no operation: a request that is wrong as such, a refusal by a guard of an application, and a path that only
 * ends like one of the registry.
 */
const OF_NO_OPERATION = new Set([400, 401, 404]);
const ERROR = 'document#/components/schemas/errorOAuth2';

/** Is the answer a text that is not JSON? */
function isText({ responses }, status) {
  return responses[status]?.content?.['text/plain'] !== undefined;
}

/** Where the schema of an answer is; `undefined` when the document has none. */
function schemaOf({ pointer, responses }, status) {
  if (responses[status]?.content) return `${pointer}/${status}/content/application~1json/schema`;
  return !responses[status] && OF_NO_OPERATION.has(status) ? ERROR : undefined;
}

export function faultOfAnswer({ method = 'GET', path, status, headers, text }) {
  // The registry's answers have this header. A host may have routes at such paths, and may refuse a request before the registry.
  const operation = headers['x-content-type-options'] === 'nosniff' ? operationOf(method, path) : undefined;
  if (!operation) return undefined;
  const fault = (words) => `${operation.operationId}, ${status}: ${words} (openapi.json)`;
  const schema = schemaOf(operation, status);
  if (!schema && !operation.responses[status]) return fault('this status is not documented');
  if (isText(operation, status)) return undefined;
  if (!schema) return text === '' ? undefined : fault('the answer should have no body');
  const validate = ajv.getSchema(schema);
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    return fault('the answer is not JSON');
  }
  return validate(body) ? undefined : fault(ajv.errorsText(validate.errors, { dataVar: 'answer' }));
}
