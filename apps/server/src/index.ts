export { serve } from './start/serve.ts';
export type { Flags } from './start/serve.ts';
export { ROUTES } from './routes/route-table.ts';
export { toOpenApiDocument } from './openapi/openapi-document.ts';
