import { defineConfig } from 'vite';

/**
 * Addresses are relative, so that the same files work under any path: /console/ in the local cloud, / on CloudFront.
 * JSX is compiled by Vite itself.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // No helper that would have to be inlined as a script: the Content-Security-Policy forbids those.
    modulePreload: { polyfill: false },
    // What Vite would put into the page as data: stays a file, so that the policy needs no data: for fonts.
    assetsInlineLimit: 0,
    // Sources are in the repository; what is served is what runs.
    sourcemap: false,
    chunkSizeWarningLimit: 1500,
    rolldownOptions: {
      input: ['index.html', 'callback.html'].map((file) => `${import.meta.dirname}/${file}`),
      onLog: (level, log, pass) => {
        // Cloudscape marks its components for servers that render React; there is none here.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') pass(level, log);
      },
    },
  },
});
