import { createHash } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { build, defineConfig, type Plugin } from 'vite';

const COMPRESSIBLE = /\.(?:html|js|css|svg|json|webmanifest)$/;

/** Of the fonts, the letters that nearly every page needs; of the scripts, all but the grammars that colour code. The rest is kept once it was used. */
const SHELL_FONT = /-latin-.*\.woff2$/;
const SHELL_MARK = /^(?:index\.html|manifest\.webmanifest|icon\.svg|flames\/[a-z]+\.svg|assets\/.+\.css)$/;

/** Builds the service worker beside the page, with the list of what it keeps and a version that changes with any of it. */
function keepShell(): Plugin {
  let folder = '';
  return {
    name: 'keep-shell',
    apply: 'build',
    configResolved(config) {
      folder = path.resolve(config.root, config.build.outDir);
    },
    writeBundle: {
      sequential: true,
      async handler(_options, bundle) {
        const scripts = Object.values(bundle).filter(
          (file) => file.type === 'chunk' && file.facadeModuleId?.includes('/highlight.js/') !== true,
        );
        const others = (await readdir(folder, { recursive: true })).map((name) => name.replaceAll(path.sep, '/'));
        const names = [
          ...scripts.map(({ fileName }) => fileName),
          ...others.filter((name) => SHELL_MARK.test(name) || SHELL_FONT.test(name)),
        ].sort();
        const digest = createHash('sha256');
        for (const name of names) digest.update(name).update(await readFile(path.join(folder, name)));
        await buildWorker(folder, {
          SHELL_VERSION: JSON.stringify(digest.digest('hex').slice(0, 12)),
          SHELL_FILES: JSON.stringify(names.map((name) => (name === 'index.html' ? '/' : `/${name}`))),
        });
      },
    },
  };
}

async function buildWorker(outDir: string, define: Record<string, string>): Promise<void> {
  await build({
    configFile: false,
    root: import.meta.dirname,
    publicDir: false,
    logLevel: 'warn',
    define,
    build: {
      outDir,
      emptyOutDir: false,
      lib: { entry: 'src/offline/adapters/service-worker.ts', formats: ['iife'], name: 'shell', fileName: () => 'sw.js' },
    },
  });
}

/** Writes a .gz and a .br beside every text of the build, so that the server only has to send them. */
function precompress(): Plugin {
  let folder = '';
  return {
    name: 'precompress',
    apply: 'build',
    configResolved(config) {
      folder = path.resolve(config.root, config.build.outDir);
    },
    writeBundle: {
      sequential: true,
      order: 'post',
      async handler() {
        const names = await readdir(folder, { recursive: true });
        await Promise.all(names.filter((name) => COMPRESSIBLE.test(name)).map((name) => compressFile(path.join(folder, name))));
      },
    },
  };
}

async function compressFile(file: string): Promise<void> {
  const bytes = await readFile(file);
  const [gzipped, brotli] = await Promise.all([
    promisify(gzip)(bytes, { level: 9 }),
    promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
  ]);
  await Promise.all([writeFile(`${file}.gz`, gzipped), writeFile(`${file}.br`, brotli)]);
}

// A build is for people, whoever starts it: without this, one from within a test would carry the development parts of React.
if (process.argv.includes('build')) process.env['NODE_ENV'] = 'production';

export default defineConfig({
  plugins: [react(), tailwindcss(), keepShell(), precompress()],
  build: {
    // Nothing inline: the policy of the page allows scripts, styles and fonts from the server alone.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    reportCompressedSize: false,
  },
  server: {
    proxy: { '/api': process.env['PILOTLIGHT_SERVER'] ?? 'http://127.0.0.1:8000' },
  },
});
