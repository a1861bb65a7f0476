// Prints what a first visit to a route downloads, gzip: `node scripts/route-sizes.mjs [page] [limit in kB]`.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));
const page = process.argv[2] ?? 'src/features/label/label-page.tsx';
const limit = Number(process.argv[3] ?? 200);

const files = new Set();
function visit(name) {
  const chunk = manifest[name];
  if (!chunk) throw new Error(`The build has no chunk ${name}.`);
  if (files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const css of chunk.css ?? []) files.add(css);
  for (const imported of chunk.imports ?? []) visit(imported);
}
visit('index.html');
visit(page);

const sizes = [...files]
  .map((file) => [file, gzipSync(readFileSync(new URL(file, dist))).length / 1000])
  .sort((a, b) => b[1] - a[1]);
const total = sizes.reduce((sum, [, size]) => sum + size, 0);
for (const [file, size] of sizes) process.stdout.write(`${size.toFixed(1).padStart(7)} kB  ${file}\n`);
process.stdout.write(`${total.toFixed(1).padStart(7)} kB  in all for ${page}, at most ${limit} kB\n`);
process.exitCode = total > limit ? 1 : 0;
