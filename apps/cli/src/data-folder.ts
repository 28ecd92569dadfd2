/** What is in a database or a backup. */
export interface DataFacts {
  readonly file: string;
  readonly conversations: number;
  readonly messages: number;
  readonly sizeBytes: number;
}

/** The data folder of this machine, reached without a server. Both throw `ServerFailure` with words. */
export interface DataFolder {
  /** Copies the database into a file that is not there yet, and checks the copy. A server may run meanwhile. */
  backUp(file: string): Promise<DataFacts>;
  /** Puts a backup in the place of the database; `replaced` is where that lies from then on. Refuses while a server runs. */
  restore(file: string): Promise<DataFacts & { readonly replaced: string | undefined }>;
}
