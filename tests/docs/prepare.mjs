// Installs what these tests need, before they run side by side: two that install into one folder would disturb each other.

import { join } from "node:path";
import { here, root } from "../runtimes/consumer.mjs";
import { installPackages } from "../runtimes/packages.mjs";
import { installed } from "./consumer.js";

for (const folder of [here, join(here, "next"), join(root, "tests/docs")]) await installPackages(folder);
await installed();
