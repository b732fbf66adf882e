import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { startStandalone } from './support/app.js';
import { SQLITE } from './support/databases.js';
import { request } from './support/http.js';
import { useService } from './support/use.js';

interface Rule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string };
}

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
const { groups } = parse(read('deploy/alerts.yaml')) as { groups: { rules: Rule[] }[] };
const RULES = groups.flatMap(({ rules }) => rules);

describe('the alert rules of deploy/alerts.yaml', () => {
  const service = useService(startStandalone, SQLITE.open);

  it.each(RULES)(
    '$alert asks for a metric and for labels that /metrics declares, and docs/operations.md explains it',
    async ({ alert, expr, labels, annotations }) => {
      const { text } = await request(`${service.url}/metrics`);
      const families = new Set(Array.from(text.matchAll(/^# TYPE (\w+) /gm), ([, name]) => name));
      const operations = read('docs/operations.md');
      const names = [...expr.matchAll(/\b(oauth2_registry_\w+?)(?:_bucket)?(?:\{(\w+)|\b(?!\w))/g)];
      expect(names.length).toBeGreaterThan(0);
      for (const [, name = '', label = ''] of names) {
        expect([name, families.has(name)]).toEqual([name, true]);
        expect(operations).toMatch(new RegExp(String.raw`\`${name}(\{[\w,]*\b${label}\b[\w,]*\})?\``));
      }
      expect(operations).toContain(`\`${alert}\``);
      expect([labels.severity, annotations.summary]).toEqual([
        expect.stringMatching(/^(warning|critical)$/),
        expect.stringMatching(/\.$/),
      ]);
    },
  );
});
