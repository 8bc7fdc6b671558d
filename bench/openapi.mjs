// The one endpoint that is measured, described in OpenAPI: what client generators are given. It is short, and our own:
// Plaid's file has three megabytes, and a bundler drops what a worker does not call.

const string = { type: "string" };
const json = (schema) => ({ content: { "application/json": { schema } } });
const object = (properties, required = Object.keys(properties)) => ({ type: "object", properties, required });
const header = (name) => ({ type: "apiKey", in: "header", name });

export default {
  openapi: "3.0.3",
  info: { title: "Plaid, as far as it is measured", version: "2020-09-14" },
  servers: [{ url: "https://production.plaid.com" }],
  security: [{ clientId: [], secret: [], version: [] }],
  paths: {
    "/auth/get": {
      post: {
        operationId: "authGet",
        requestBody: { ...json(object({ access_token: string })), required: true },
        responses: {
          200: {
            description: "Accounts and their numbers",
            ...json(
              object({
                accounts: { type: "array", items: object({ account_id: string, name: string }) },
                numbers: object({
                  ach: {
                    type: "array",
                    items: object({ account_id: string, account: string, routing: string }),
                  },
                }),
                request_id: string,
              }),
            ),
          },
          default: {
            description: "An error",
            ...json(object({ error_type: string, error_code: string, error_message: string })),
          },
        },
      },
    },
  },
  components: {
    securitySchemes: {
      clientId: header("PLAID-CLIENT-ID"),
      secret: header("PLAID-SECRET"),
      version: header("Plaid-Version"),
    },
  },
};
