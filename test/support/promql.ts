import { parser } from '@prometheus-io/lezer-promql';

/** One selector of a query: what it asks for. */
export interface Selector {
  metric: string;
  /** Labels that it compares; `equals` is the value of those that must be equal to one. */
  matchers: { label: string; equals?: string }[];
  /** Labels by which an aggregation around it groups, the innermost one; `undefined` without one. */
  groups?: string[] | undefined;
}

/** What an aggregation groups by, and where it ends. */
interface Aggregation {
  to: number;
  groups: string[];
}

/**
 * The selectors of a query, by Prometheus's own grammar.
 *
 * @throws Error where the query is not well-formed
 */
export function selectorsOf(query: string): Selector[] {
  const selectors: Selector[] = [];
  const around: Aggregation[] = [];
  const textOf = ({ from, to }: { from: number; to: number }) => query.slice(from, to);
  parser.parse(query).iterate({
    enter: ({ type, node }) => {
      if (type.isError) throw new Error(`Not PromQL at ${node.from}: ${query}`);
      while (around.at(-1) && (around.at(-1)?.to ?? 0) <= node.from) around.pop();
      if (type.name === 'AggregateExpr') {
        const labels = node.getChild('AggregateModifier')?.getChild('GroupingLabels')?.getChildren('LabelName') ?? [];
        around.push({ to: node.to, groups: labels.map(textOf) });
      }
      if (type.name !== 'VectorSelector') return;
      const matchers = (node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []).map((matcher) => {
        const [label, operator, value] = ['LabelName', 'MatchOp', 'StringLiteral'].map((name) => {
          const child = matcher.getChild(name);
          return child ? textOf(child) : '';
        });
        return { label: label ?? '', ...(operator === '=' && { equals: JSON.parse(value ?? '') as string }) };
      });
      const metric = node.getChild('Identifier');
      selectors.push({ metric: metric ? textOf(metric) : '', matchers, groups: around.at(-1)?.groups });
    },
  });
  return selectors;
}
