import build from "@hono/vite-build/cloudflare-workers";

// The line that this package needs for compatibility dates before 2025-06-01.
const external = process.env.EXTERNAL?.split(" ");

export default { plugins: [build({ external })] };
