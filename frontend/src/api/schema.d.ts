// Stands until the first generation from openapi.json.
interface AnyOperation {
  parameters: { query?: any; path?: any };
  requestBody?: { content: { 'application/json': any } };
  responses: { 200: { content: { 'application/json': any } } };
}
export type paths = Record<
  string,
  { get: AnyOperation; post: AnyOperation; patch: AnyOperation; delete: AnyOperation }
>;
