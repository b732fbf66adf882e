import { expect } from '@jest/globals';
import { request } from './http.js';

/** One series of an exposition, with the labels as they stand there. */
export interface Series {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
/** A number is what ParseFloat of Go reads, which takes the `Nan` of prom-client. */
const SERIES = new RegExp(String.raw`^(${NAME})(?:\{(.*)\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|[+-]Inf|N[aA][nN])$`);
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y;

/** The labels of a series. Fails for what is none. */
function labelsOf(text = ''): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const [, name = '', value = ''] = LABEL.exec(text) ?? [];
    if (name === '' || name in labels) throw new Error(`These are no labels: ${text}`);
    labels[name] = value;
  }
  return labels;
}

/** What a family of this type has behind its name in the names of its series. */
const ENDINGS: Record<string, string[]> = {
  counter: [''],
  gauge: [''],
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
};

/**
 * Reads Prometheus's text format 0.0.4, and is strict: each family has its HELP and its TYPE before its series and once, each series is
 * there once, counters end in `_total` unless their name says a unit alone, the buckets of a histogram rise and end with all.
 */
export function readExposition(text: string): Series[] {
  expect(text.endsWith('\n')).toBe(true);
  const series: Series[] = [];
  const seen = new Set<string>();
  let family = { name: '', type: '' };
  for (const line of text.split('\n').filter(Boolean)) {
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (kind === 'HELP') {
      once(seen, name);
      family = { name, type: '' };
    } else if (kind === 'TYPE') {
      if (name !== family.name || family.type || !(rest in ENDINGS)) throw new Error(`A TYPE out of place: ${line}`);
      family = { name, type: rest };
    } else {
      const [, id = '', labels, value] = SERIES.exec(line) ?? [];
      if (!ENDINGS[family.type]?.some((ending) => id === family.name + ending))
        throw new Error(`A series out of place: ${line}`);
      once(seen, line.slice(0, line.lastIndexOf(' ')) + (labels ? '' : '{}'));
      series.push({ name: id, labels: labelsOf(labels), value: Number(value?.replace('Inf', 'Infinity')) });
    }
  }
  checkBuckets(series);
  return series;
}

/** The metrics of a service. */
export async function metricsOf(url: string): Promise<Series[]> {
  return readExposition((await request(`${url}/metrics`)).text);
}

function once(seen: Set<string>, key: string): void {
  if (seen.has(key)) throw new Error(`This is there twice: ${key}`);
  seen.add(key);
}

/** Buckets stand in rising order, none has fewer than the one before, and the last has as many as `_count` says. */
function checkBuckets(series: Series[]): void {
  let before: Series | undefined;
  for (const one of series) {
    const { le = '', ...labels } = one.labels;
    const isNext = before && le !== '' && before.labels['le'] !== '+Inf' && before.name === one.name;
    if (before && isNext && one.value < before.value) throw new Error(`A bucket has fewer than one within it: ${le}`);
    if (le === '+Inf') {
      const count = series.find(
        ({ name, labels: others }) =>
          name === one.name.replace(/_bucket$/, '_count') && JSON.stringify(others) === JSON.stringify(labels),
      );
      expect([one.name, labels, count?.value]).toEqual([one.name, labels, one.value]);
    }
    before = one;
  }
}

/** The value of the series with this name and these labels among others; `0` when there is none. */
export function valueOf(series: readonly Series[], name: string, labels: Record<string, string> = {}): number {
  return series
    .filter((one) => one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0);
}
