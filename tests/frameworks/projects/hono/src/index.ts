import { Hono } from "hono";
import * as plaidEdge from "plaid-edge";
import { PlaidSandbox } from "plaid-edge/sandbox";
import { short } from "../short.js";

const app = new Hono();
app.get("/", async (c) => c.json(await short({ ...plaidEdge, PlaidSandbox })));
export default app;
