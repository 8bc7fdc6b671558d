// What templates for Workers had before @cloudflare/vite-plugin, and the line that this package needs.
export default {
  ssr: {
    target: "webworker",
    noExternal: true,
    external: process.env.EXTERNAL?.split(" "),
    resolve: { conditions: ["workerd", "browser"] },
  },
  build: { ssr: "index.js" },
};
