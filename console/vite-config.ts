import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `npm run dev:console` serves the sources, with a gateway behind them. */
const gateway = process.env['BATON_URL'] ?? 'http://127.0.0.1:8080';
const proxied = { target: gateway, changeOrigin: true };

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss()],
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    // Nothing inlined: the page's policy lets no data: script or style run.
    assetsInlineLimit: 0,
    target: ['chrome116', 'firefox124', 'safari17.4'],
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/v1': { ...proxied, ws: true }, '/docs': proxied } },
});
