import type { BrowserContext, Route } from 'playwright-core';
import { servedScheme, toProgram } from './address.ts';
import { rules, schemes } from './runtime.ts';

/** Sends every request of the browser to the handler of its scheme; anything else meets the session's filter. */
export async function routeRequests(context: BrowserContext): Promise<void> {
  await context.route('**/*', (route) => answer(route));
}

async function answer(route: Route): Promise<void> {
  const request = route.request();
  const address = toProgram(request.url());
  if (request.isNavigationRequest() && rules.refusesNavigation(request.frame(), address)) return route.abort('aborted');
  const scheme = servedScheme(request.url());
  const handler = scheme === undefined ? undefined : schemes.get(scheme);
  if (handler === undefined) {
    if (await rules.cancelsRequest(address)) return route.abort('blockedbyclient');
    return route.continue();
  }
  const body = request.postDataBuffer();
  const response = await handler(
    new Request(address, {
      method: request.method(),
      headers: request.headers(),
      ...(body === null ? {} : { body: new Uint8Array(body) }),
    }),
  );
  await route.fulfill({
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: Buffer.from(await response.arrayBuffer()),
  });
}
