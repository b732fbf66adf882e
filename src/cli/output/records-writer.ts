/** Writes a sequence of records page by page, so that at most one page is in memory. */
export interface RecordsWriter {
  /** The text for further records, each given as JSON text. */
  page: (records: readonly string[]) => string;
  /** The text behind the last one. */
  end: () => string;
}
