/** What the machine says about itself, handed in so that reading settings stays pure. */
export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /** The working folder: relative paths start here. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A value, or what would have been right, as the end of the sentence "it must be …". */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly expected: string };

export type Parse<T> = (text: string, surroundings: Surroundings) => Parsed<T>;

/** The part of JSON Schema that the table uses. */
export interface ValueSchema {
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'array' | readonly ('string' | 'integer' | 'number' | 'array')[];
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly items?: ValueSchema;
}

/** One row of the table: everything that parser, documents, schema and help need to know about a setting. */
export interface Setting<T> {
  /** The name in the environment and in `.env`. */
  readonly variable: string;
  /** The name in `pilotlight.yaml`; with hyphens for underscores and two before it, the flag. */
  readonly key: string;
  /** What it is, in a few words, without a full stop. */
  readonly title: string;
  /** What else there is to know, in whole sentences. */
  readonly details: string;
  /** What stands for the value in the help: `SECONDS`. */
  readonly placeholder: string;
  readonly examples: readonly string[];
  /** The default as a person would write it, or in words where it depends on the machine. */
  readonly defaultText: string;
  readonly default: (surroundings: Surroundings) => T;
  readonly parse: Parse<T>;
  /** What separates the items of a list; a list in the file is joined with it. */
  readonly separator?: (surroundings: Surroundings) => string;
  readonly schema: ValueSchema;
  /** Takes no value on the command line. */
  readonly isSwitch?: true;
  /** Never shown, logged or repeated in a message. */
  readonly isSecret?: true;
}

export function right<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

export function wrong(expected: string): { readonly ok: false; readonly expected: string } {
  return { ok: false, expected };
}

/** One row of the table. */
export function setting<T>(row: Setting<T>): Setting<T> {
  return row;
}

/** What separates the items of a list on every platform. */
export const comma = (): string => ',';
