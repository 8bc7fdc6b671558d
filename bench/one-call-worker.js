// The worker whose bundle is weighed: it makes one call.

import { create } from "#contender";

export default {
  async fetch(request, env) {
    return Response.json(await create(env.PLAID_BASE_URL)(env.ACCESS_TOKEN));
  },
};
