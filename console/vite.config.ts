import path from 'node:path';
import { defineConfig, type Plugin } from 'vite';

/**
 * Addresses are relative, so that the same files work under any path: /console/ in the local cloud, / on CloudFront.
 * JSX is compiled by Vite itself.
 */
export default defineConfig({
  plugins: [fontsAsFiles()],
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

/**
 * Takes the fonts that Cloudscape's styles hold as data out into files: a browser then loads those that it needs, when
 * it needs them, and the Content-Security-Policy needs no `data:` for fonts.
 */
function fontsAsFiles(): Plugin {
  return {
    name: 'fonts-as-files',
    enforce: 'post',
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'asset' || !file.fileName.endsWith('.css')) continue;
        file.source = String(file.source).replace(
          /url\(["']?data:[^;)]*;base64,([\w+/=]+)["']?\)/g,
          (found, base64) => {
            if (!found.includes('font')) return found;
            const reference = this.emitFile({
              type: 'asset',
              name: 'open-sans.woff2',
              source: Buffer.from(base64, 'base64'),
            });
            return `url(${path.posix.basename(this.getFileName(reference))})`;
          },
        );
      }
    },
  };
}
