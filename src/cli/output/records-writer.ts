/** Writes a sequence of records page by page, so that at most one page is in memory. */
export interface RecordsWriter {
  /** Returns the text for further records, each given as JSON text. */
  page: (records: readonly string[]) => string;
  /** Returns the text after the last record. */
  end: () => string;
}
