import * as plaidEdge from "plaid-edge";
import { PlaidSandbox } from "plaid-edge/sandbox";
import { short } from "../../short.js";

export async function GET() {
  return Response.json(await short({ ...plaidEdge, PlaidSandbox }));
}
