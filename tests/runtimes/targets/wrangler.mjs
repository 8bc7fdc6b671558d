import { compatibilityDates } from "./compatibility-dates.mjs";
import { askWrangler, version } from "../wrangler.mjs";

export default compatibilityDates.map((date) => ({
  runtime: "wrangler dev",
  how: `compatibility date ${date}`,
  version,
  run: (folder) => askWrangler(folder, ["worker.js", "--compatibility-date", date]),
}));
