import * as plaidEdge from "plaid-edge";
import { PlaidSandbox } from "plaid-edge/sandbox";
import { short } from "../../short.js";

export default defineEventHandler(() => short({ ...plaidEdge, PlaidSandbox }));
