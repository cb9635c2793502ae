import { realpath } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';

/** Scheme and origin of the page. */
export const APP_SCHEME = 'app';
export const APP_ORIGIN = 'app://workbench';

/**
 * What the page may do: load its own files, nothing else. Inline styles are allowed because Monaco sets its theme
 * and its line heights by style elements; scripts must be files of ours, and nothing is evaluated.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "worker-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const MIME_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.ttf': 'font/ttf',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

const ALWAYS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-cache',
} as const;

function refuse(status: number): Response {
  return new Response(null, { status, headers: ALWAYS });
}

/**
 * Finds the file that an address of ours names.
 * @param root folder of the built page
 * @returns the real path of a file below `root`, or undefined for anything else: another origin, a path that leaves
 *   the folder (also by a link or by encoded separators), a folder, a missing file
 */
export async function fileOfUrl(root: string, address: string): Promise<string | undefined> {
  let url: URL;
  let name: string;
  try {
    url = new URL(address);
    name = decodeURIComponent(url.pathname);
  } catch {
    return undefined;
  }
  if (url.protocol !== `${APP_SCHEME}:` || url.host !== 'workbench') return undefined;
  // A backslash or a drive colon means something on Windows only; no file of ours has one.
  if (/[\\:\0]/.test(name)) return undefined;
  try {
    const realRoot = await realpath(root);
    const file = await realpath(path.join(realRoot, name === '/' ? 'index.html' : name));
    if (!file.startsWith(realRoot + path.sep)) return undefined;
    return (await stat(file)).isFile() ? file : undefined;
  } catch {
    return undefined;
  }
}

/** Makes the answerer of requests to `app://workbench/`: files of the built page, read-only, with strict headers. */
export function servePage(root: string): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405);
    const file = await fileOfUrl(root, request.url);
    if (file === undefined) return refuse(404);
    const type = MIME_TYPES[path.extname(file)];
    if (type === undefined) return refuse(404);
    const body =
      request.method === 'HEAD' ? null : (Readable.toWeb(createReadStream(file)) as unknown as ReadableStream);
    return new Response(body, { headers: { ...ALWAYS, 'content-type': type } });
  };
}
