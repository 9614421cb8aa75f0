import { PurgeCSS } from "purgecss";
import { defineConfig } from "vite";

// Of Tabler only what some page, script or form names; the portal's own styles stay whole.
const WORN = ["templates/**/*.html", "frontend/**/*.js", "{portal,network,crisis,screening,reporting}/**/*.py"];

function onlyWhatIsWorn() {
  return {
    name: "only-what-is-worn",
    enforce: "pre",
    async transform(code, id) {
      if (!id.includes("@tabler/core")) return null;
      const [purged] = await new PurgeCSS().purge({ content: WORN, css: [{ raw: code }], keyframes: true, fontFace: true });
      return { code: purged.css, map: null };
    },
  };
}

export default defineConfig({
  base: "/static/dist/",
  publicDir: false,
  plugins: [onlyWhatIsWorn()],
  build: {
    outDir: "portal/static/dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    // Phones of the last years: WeChat's browser and older iPhones know no light-dark().
    target: ["chrome109", "safari15"],
    cssTarget: ["chrome109", "safari15"],
    cssMinify: "lightningcss",
    // SECURITY: fonts come from files alone, the content security policy refuses data: addresses for them.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // ECharts is one piece, loaded only where a chart is.
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      input: ["frontend/app.js", "frontend/charts.js"],
      // htmx names eval; the pages switch it off (htmx-config) and the content security policy refuses it.
      checks: { eval: false },
    },
  },
});
