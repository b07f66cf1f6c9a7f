import preact from "@preact/preset-vite";
import { defineConfig } from "vite";

// Paths are relative, so that the pages work below any ui.path. Nothing is
// inlined: the admin's Content-Security-Policy allows only files.
export default defineConfig({
  base: "./",
  plugins: [preact({ devToolsEnabled: false, prefreshEnabled: false })],
  build: { outDir: "dist", emptyOutDir: false, assetsInlineLimit: 0, modulePreload: { polyfill: false }, target: "es2022" },
  server: { proxy: { "/api": "http://127.0.0.1:9998" } },
});
