import {
  acceptedSchema,
  chatReplySchema,
  chatRequestSchema,
  conversationExportSchema,
  conversationListSchema,
  conversationSummarySchema,
  conversationViewSchema,
  engineViewSchema,
  historySchema,
  importResultSchema,
  memoryViewSchema,
  messageViewSchema,
  modelsEventSchema,
  modelsViewSchema,
  modelViewSchema,
  optionsSchema,
  pageEventSchema,
  postMessageSchema,
  problemDetailsSchema,
  receiptSchema,
  regenerateSchema,
  searchHitSchema,
  searchResultSchema,
  streamPartSchema,
} from '@pilotlight/contract';
import { z } from 'zod';

/** The schemas that have a name of their own in the document. */
const NAMED = {
  Accepted: acceptedSchema,
  ChatReply: chatReplySchema,
  ChatRequest: chatRequestSchema,
  Conversation: conversationViewSchema,
  ConversationExport: conversationExportSchema,
  ConversationList: conversationListSchema,
  ConversationSummary: conversationSummarySchema,
  Engine: engineViewSchema,
  History: historySchema,
  ImportResult: importResultSchema,
  Memory: memoryViewSchema,
  Message: messageViewSchema,
  Model: modelViewSchema,
  Models: modelsViewSchema,
  ModelsEvent: modelsEventSchema,
  Options: optionsSchema,
  PageEvent: pageEventSchema,
  PostMessage: postMessageSchema,
  Problem: problemDetailsSchema,
  Receipt: receiptSchema,
  Regenerate: regenerateSchema,
  SearchHit: searchHitSchema,
  SearchResult: searchResultSchema,
  StreamPart: streamPartSchema,
} as const;

type JsonSchema = { readonly [key: string]: unknown };

export interface SchemaBook {
  /** The JSON Schema of what clients send (`input`) or get (`output`); named parts are references into `components`. */
  refer(schema: z.ZodType, io: 'input' | 'output'): JsonSchema;
  /** All named schemas that were referred to. */
  components(): Readonly<Record<string, JsonSchema>>;
}

export function createSchemaBook(): SchemaBook {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(NAMED)) registry.add(schema, { id });
  const components = new Map<string, JsonSchema>();

  function refer(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const {
      $schema: _dialect,
      $defs = {},
      id: _id,
      ...own
    } = z.toJSONSchema(schema, {
      metadata: registry,
      io,
      unrepresentable: 'any',
      override: ({ jsonSchema }) => {
        // Readers ignore what they do not know, so answers may gain fields.
        if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      },
    });
    for (const [name, definition] of Object.entries($defs)) components.set(name, rewrite(definition) as JsonSchema);
    // A schema with a name comes as a reference into its own definitions.
    return rewrite(own) as JsonSchema;
  }

  return {
    refer,
    components: () => Object.fromEntries([...components].toSorted(([left], [right]) => (left < right ? -1 : 1))),
  };
}

/** References within one schema as references into the document. */
function rewrite(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rewrite);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'id' || typeof (value as JsonSchema)['id'] !== 'string')
      .map(([key, inner]) => [
        key,
        key === '$ref' && typeof inner === 'string' ? inner.replace('#/$defs/', '#/components/schemas/') : rewrite(inner),
      ]),
  );
}
