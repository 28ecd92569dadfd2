/** Where the chat writes what an operator should know: never a question, never an answer. A pino logger is one. */
export interface ChatLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}
