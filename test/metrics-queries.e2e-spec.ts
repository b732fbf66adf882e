import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { startStandalone } from './support/app.js';
import { POSTGRES } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { metricsOf, type Series } from './support/exposition.js';
import { getClient, post, postClient } from './support/http.js';
import { selectorsOf } from './support/promql.js';
import { startReceiver } from './support/receiver.js';
import { use } from './support/use.js';

interface Rule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string };
}

interface Panel {
  id: number;
  type: string;
  title: string;
  description: string;
  gridPos: { h: number; w: number; x: number; y: number };
  datasource: object;
  targets: { expr: string; legendFormat: string; datasource: object }[];
}

interface Dashboard {
  panels: (Partial<Panel> & Pick<Panel, 'id' | 'type' | 'title' | 'gridPos'>)[];
  templating: { list: { name: string; type: string; definition?: string }[] };
}

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
const { groups } = parse(read('deploy/alerts.yaml')) as { groups: { rules: Rule[] }[] };
const RULES = groups.flatMap(({ rules }) => rules);
const DASHBOARD = JSON.parse(read('deploy/grafana/client-registry.json')) as Dashboard;
const isShown = (panel: Dashboard['panels'][number]): panel is Panel => panel.type !== 'row';
const PANELS = DASHBOARD.panels.filter(isShown);

/** Labels that Prometheus gives to all series of a target. */
const OF_TARGET = ['instance', 'job'];

/** What Grafana writes in place of its variables. */
const filled = (expr: string) => expr.replaceAll('$instance', '.+').replaceAll('$__rate_interval', '1m');

describe('what asks for the metrics', () => {
  const service = use(async (keep) => {
    const receiver = await keep(startReceiver());
    const database = await keep(POSTGRES.open());
    receiver.answers = ({ event }) => (event.data.client_id === 'refused' ? 500 : 204);
    return keep(
      startStandalone({
        database,
        environment: { SECRETS_KEY: 's'.repeat(32) },
        webhooks: {
          outbound: { certificateAuthorities: receiver.certificate, allowedHosts: [`localhost:${receiver.port}`] },
        },
      }).then((started) => ({ ...started, receiver })),
    );
  });
  let series: Series[] = [];

  // Most series are there only once what they count has happened.
  beforeAll(async () => {
    const { url, receiver } = service;
    await post(`${url}/admin/webhooks`, { url: receiver.url });
    const form = { client_id: 'chosen', client_secret: 'a secret that somebody chose' };
    await postClient(url, { ...form, token_endpoint_auth_method: 'client_secret_post' });
    await postClient(url, { client_id: 'refused' });
    await getClient(url, 'chosen');
    const authenticate = async (client_secret: string) =>
      (await post(`${url}/admin/clients/authenticate`, { form: { ...form, client_secret }, source: '192.0.2.1' }))
        .status;
    expect(await authenticate(form.client_secret)).toBe(200);
    for (let at = 0; (await authenticate(`wrong ${at}`)) !== 429; at += 1);
    await eventually(async () => {
      series = await metricsOf(url);
      return ['oauth2_registry_webhook_attempts_total', 'nodejs_gc_duration_seconds_sum'].every((one) =>
        series.some(({ name }) => name === one),
      );
    });
  });

  /** The labels that the result of the selector has: of each series, and of the aggregation around it. */
  function requireThere(expr: string): string[][] {
    const selectors = selectorsOf(filled(expr));
    expect(selectors.length).toBeGreaterThan(0);
    return selectors.map(({ metric, matchers, groups: grouped }) => {
      const found = series.filter(({ name }) => name === metric);
      expect([metric, found.length > 0]).toEqual([metric, true]);
      const labels = [...Object.keys(found[0]?.labels ?? {}), ...OF_TARGET];
      for (const { label, equals } of matchers) {
        expect([metric, labels]).toEqual([metric, expect.arrayContaining([label])]);
        const values = found.map((one) => one.labels[label]);
        if (equals !== undefined)
          expect([metric, label, values]).toEqual([metric, label, expect.arrayContaining([equals])]);
      }
      expect([metric, labels]).toEqual([metric, expect.arrayContaining(grouped ?? [])]);
      return grouped ?? labels;
    });
  }

  it.each(PANELS)('the panel “$title” asks for what /metrics has, and names it by labels that are left', (panel) => {
    expect(panel.description).toMatch(/\.$/);
    expect(panel.datasource).toEqual({ type: 'prometheus', uid: '${datasource}' });
    expect(panel.targets.length).toBeGreaterThan(0);
    for (const { expr, legendFormat, datasource } of panel.targets) {
      expect(datasource).toEqual(panel.datasource);
      const left = requireThere(expr);
      const shown = Array.from(legendFormat.matchAll(/\{\{(\w+)\}\}/g), ([, label]) => label);
      for (const labels of left) expect([expr, labels]).toEqual([expr, expect.arrayContaining(shown)]);
      // Rates are of what only grows, and of nothing else.
      for (const [, metric = ''] of expr.matchAll(/rate\((\w+)/g)) expect(metric).toMatch(/_(total|sum|count|bucket)$/);
    }
  });

  it('the dashboard asks for each family of the registry’s own, and its panels do not overlap', () => {
    const asked = new Set(
      PANELS.flatMap(({ targets }) =>
        targets.flatMap(({ expr }) => selectorsOf(filled(expr)).map(({ metric }) => metric)),
      ),
    );
    const family = (name: string) => name.replace(/_(bucket|sum|count)$/, '');
    const own = new Set(series.map(({ name }) => family(name)).filter((name) => name.startsWith('oauth2_registry_')));
    expect(new Set(Array.from(asked, family).filter((name) => name.startsWith('oauth2_registry_')))).toEqual(own);
    const cells = DASHBOARD.panels.flatMap(({ gridPos: { h, w, x, y } }) =>
      Array.from({ length: h * w }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(new Set(DASHBOARD.panels.map(({ id }) => id)).size).toBe(DASHBOARD.panels.length);
  });

  it('the dashboard has each of its variables', () => {
    const names = DASHBOARD.templating.list.map(({ name }) => name);
    expect(names).toEqual(['datasource', 'instance']);
    const [, asked = ''] =
      /^label_values\((\w+), instance\)$/.exec(DASHBOARD.templating.list[1]?.definition ?? '') ?? [];
    expect(series.map(({ name }) => name)).toContain(asked);
  });

  it.each(RULES)(
    'the alert $alert asks for what /metrics has, and docs/operations.md explains it',
    ({ alert, expr, labels, annotations }) => {
      requireThere(expr);
      expect(read('docs/operations.md')).toContain(`\`${alert}\``);
      expect([labels.severity, annotations.summary]).toEqual([
        expect.stringMatching(/^(warning|critical)$/),
        expect.stringMatching(/\.$/),
      ]);
    },
  );
});

it('what is no PromQL is refused', () => {
  expect(() => selectorsOf('sum((')).toThrow('Not PromQL');
});
