import type { Dialect } from './dialect.js';

/** Builds one statement: numbers its placeholders, and keeps what they stand for. */
export class Sql<T = unknown> {
  /** What the placeholders stand for, in their order: values, or names by which values are given later. */
  readonly values: T[] = [];

  constructor(readonly dialect: Dialect) {}

  /** Placeholder of the next value. */
  value(value: T): string {
    this.values.push(value);
    return this.dialect.parameter(this.values.length);
  }
}
