import { utimesSync } from "node:fs";
import { PurgeCSS } from "purgecss";
import { defineConfig } from "vite";

// Where class names stand. Tabler's styles that none of these files name are left out; the portal's own styles stay whole.
const CLASS_NAMES = [
  "templates/**/*.html",
  "frontend/{*,js/*}.js",
  "{kernel,demo,portal,network,crisis,screening,counseling,activities,reporting}/**/*.py",
];

function onlyUsedStyles() {
  return {
    name: "only-used-styles",
    enforce: "pre",
    transform: {
      filter: { id: /@tabler\/core/ },
      async handler(code) {
        const [purged] = await new PurgeCSS().purge({
          content: CLASS_NAMES,
          css: [{ raw: code }],
          keyframes: true,
          fontFace: true,
        });
        return { code: purged.css, map: null };
      },
    },
  };
}

// `make dev` serves files of constant names, because Django reads the manifest once, when it starts.
const PLAIN_NAMES = { entryFileNames: "assets/[name].js", assetFileNames: "assets/[name][extname]" };

// The manifest of a development build is marked as old, so that `make` builds again for everything else.
function outOfDate() {
  return {
    name: "out-of-date",
    writeBundle({ dir }) {
      utimesSync(`${dir}/manifest.json`, 0, 0);
    },
  };
}

export default defineConfig(({ mode }) => ({
  base: "/static/dist/",
  publicDir: false,
  plugins: mode === "development" ? [outOfDate()] : [onlyUsedStyles()],
  build: {
    outDir: "portal/static/dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    // Phones of the last years: WeChat's browser and older iPhones do not support light-dark().
    target: ["chrome109", "safari15"],
    cssTarget: ["chrome109", "safari15"],
    cssMinify: "lightningcss",
    // SECURITY: fonts come from files alone, the content security policy refuses data: addresses for them.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: ["frontend/app.js", "frontend/calendar.js"],
      output: mode === "development" ? PLAIN_NAMES : {},
      // htmx contains eval. The pages switch it off (htmx-config), and the content security policy forbids it.
      checks: { eval: false },
    },
  },
  test: {
    environment: "happy-dom",
    include: ["frontend/tests/*.test.js"],
  },
}));
