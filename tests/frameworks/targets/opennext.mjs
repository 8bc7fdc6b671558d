// Next on Cloudflare by way of OpenNext, with both of Next's bundlers.

import { join } from "node:path";
import { askWrangler } from "../../runtimes/wrangler.mjs";
import { inProject, node24, pinned, tool } from "../project.mjs";

const version = await pinned("opennext", "@opennextjs/cloudflare");
const next = await pinned("opennext", "next");

export default ["turbopack", "webpack"].map((bundler) => ({
  runtime: "OpenNext",
  how: `Next ${next}, ${bundler}`,
  version,
  line: '`serverExternalPackages: ["plaid-edge"]` in next.config',
  run: () =>
    inProject("opennext", async (folder) => {
      const build = ["@opennextjs/cloudflare/dist/cli/index.js", "build"];
      await tool(folder, build, { NEXT_BUILD: `node node_modules/next/dist/bin/next build --${bundler}` });
      const wrangler = join(folder, "node_modules/wrangler/bin/wrangler.js");
      return askWrangler(folder, [], { wrangler, path: "/api", env: await node24() });
    }),
}));
