/** One step of the schema. Its number is its place in the list; a step that was released is never changed. */
export interface Migration {
  readonly name: string;
  readonly statements: readonly string[];
}
