// Bundles the dashboard and writes it as C++: node build.mjs MODULES OUT
// MODULES is the folder with node_modules, OUT the folder for the files and assets.cpp.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const [modules, out] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const esbuild = createRequire(join(modules, 'package.json'))('esbuild');

const built = await esbuild.build({
  absWorkingDir: here,
  entryPoints: ['src/main.tsx', 'src/style.css'],
  bundle: true,
  minify: true,
  write: false,
  outdir: 'out',
  target: ['es2022'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  nodePaths: [join(modules, 'node_modules')],
  legalComments: 'none',
  logLevel: 'warning',
});

const types = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', svg: 'image/svg+xml' };

/// The name of an asset tells its bytes, so that browsers may keep it for ever.
function asset(name, ending, bytes) {
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 10);
  return { path: `assets/${name}-${digest}.${ending}`, type: types[ending], bytes };
}

const script = asset('app', 'js', Buffer.from(built.outputFiles.find(file => file.path.endsWith('.js')).contents));
const style = asset('app', 'css', Buffer.from(built.outputFiles.find(file => file.path.endsWith('.css')).contents));
const icon = asset('icon', 'svg', readFileSync(join(here, 'src/icon.svg')));
const index = {
  path: 'index.html',
  type: 'text/html; charset=utf-8',
  bytes: Buffer.from(readFileSync(join(here, 'src/index.html'), 'utf8')
    .replace('{script}', '/' + script.path)
    .replace('{style}', '/' + style.path)
    .replace('{icon}', '/' + icon.path)),
};

/// A C++ string literal of any bytes.
function literal(bytes) {
  let text = '';
  for (const byte of bytes) {
    const char = String.fromCharCode(byte);
    text += byte < 32 || byte > 126 || '"\\?'.includes(char) ? '\\' + byte.toString(8).padStart(3, '0') : char;
  }
  return text.match(/(?:\\[0-7]{3}|[^\\]){1,100}/g)?.map(line => `    "${line}"`).join('\n') ?? '    ""';
}

const files = [index, script, style, icon];
const lines = [
  '#include "api/dashboard_assets.h"', '', '#include <array>', '',
  '#pragma GCC diagnostic ignored "-Woverlength-strings"', '',
  'namespace sosw {', 'namespace {', '',
];
const table = [];
let total = 0;
for (const [i, file] of files.entries()) {
  const gzip = gzipSync(file.bytes, { level: 9 });
  const shorter = file !== index && gzip.length < file.bytes.length ? gzip : Buffer.alloc(0);
  total += shorter.length || file.bytes.length;
  lines.push(`constexpr char kBytes${i}[] =\n${literal(file.bytes)};`, `constexpr char kGzip${i}[] =\n${literal(shorter)};`);
  table.push(`    DashboardAsset{"${file.path}", "${file.type}", {kBytes${i}, ${file.bytes.length}}, {kGzip${i}, ${shorter.length}}},`);
}
lines.push('', `constexpr std::array kAssets = {\n${table.join('\n')}};`, '', '}  // namespace', '',
  'std::span<const DashboardAsset> dashboard_assets() { return kAssets; }', '', '}  // namespace sosw', '');

mkdirSync(out, { recursive: true });
rmSync(join(out, 'assets'), { recursive: true, force: true });
mkdirSync(join(out, 'assets'));
for (const file of files) writeFileSync(join(out, file.path), file.bytes);
writeFileSync(join(out, 'assets.cpp'), lines.join('\n'));
console.log(`the dashboard is ${(total / 1024).toFixed(1)} KB over the wire`);
