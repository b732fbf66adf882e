// TypeDoc plugin: a member whose decorator describes it, for OpenAPI, has that sentence for its comment.
import { Comment, Converter } from 'typedoc';
import ts from 'typescript';

export function load({ converter }) {
  converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
    if (reflection.comment) return;
    const declaration = context.getSymbolFromReflection(reflection)?.valueDeclaration;
    const text = declaration && descriptionOf(declaration);
    if (text) reflection.comment = new Comment([{ kind: 'text', text }]);
  });
}

/** The first text that one of the decorators is given, or the `description` of the first object. */
function descriptionOf(declaration) {
  if (!ts.canHaveDecorators(declaration)) return undefined;
  const calls = (ts.getDecorators(declaration) ?? []).map(({ expression }) => expression).filter(ts.isCallExpression);
  return calls.map(({ arguments: [first] }) => first && textOf(first)).find(Boolean);
}

function textOf(node) {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isObjectLiteralExpression(node)) return undefined;
  const member = node.properties.find(({ name }) => name?.getText() === 'description');
  return member && textOf(member.initializer);
}
