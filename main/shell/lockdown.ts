import { app, session } from 'electron';
import { APP_ORIGIN } from './app-protocol.ts';

/** Writing text to the clipboard, which copying a value needs. The only permission there is. */
const COPY_PERMISSION = 'clipboard-sanitized-write';

/**
 * Denies what the page never needs: leaving its origin, new windows, embedded guests, permissions, and the network.
 * To be called before the first window is made.
 */
export function lockDown(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => {
      if (!event.url.startsWith(`${APP_ORIGIN}/`)) event.preventDefault();
    });
    contents.on('will-redirect', (event) => {
      event.preventDefault();
    });
    contents.on('will-attach-webview', (event) => {
      event.preventDefault();
    });
    contents.on('will-frame-navigate', (event) => {
      // The policy of the page allows no frames in it.
      if (!event.isMainFrame) event.preventDefault();
    });
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, permission, decide) => {
    decide(permission === COPY_PERMISSION);
  });
  defaultSession.setPermissionCheckHandler((_contents, permission) => permission === COPY_PERMISSION);
  // The policy of the page forbids these already; this holds also where a page could change its policy.
  const network = ['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*', 'ftp://*/*', 'file://*/*'];
  defaultSession.webRequest.onBeforeRequest({ urls: network }, (_details, decide) => {
    decide({ cancel: true });
  });
}
