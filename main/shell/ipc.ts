import { ipcMain, type IpcMainInvokeEvent, type WebContents } from 'electron';
import { CALL_CHANNEL, DROP_CHANNEL, STREAM_CHANNEL } from '../../shared/ipc/channels.ts';
import { streams, type StreamName, type StreamValue } from '../../shared/ipc/contract.ts';
import { fail } from '../../shared/model/fault.ts';
import { APP_ORIGIN } from './app-protocol.ts';
import type { Gate } from './ipc-gate.ts';

/** Whether a message comes from the page itself: our window's top frame, at our origin. */
function isOurPage(event: IpcMainInvokeEvent, contents: WebContents): boolean {
  const frame = event.senderFrame;
  if (frame === null || event.sender !== contents || frame !== contents.mainFrame) return false;
  return frame.url.startsWith(`${APP_ORIGIN}/`);
}

/** Connects the gate to the window's two request channels. `contents` gives the window that is open now. */
export function connectGate(gate: Gate, contents: () => WebContents | undefined): void {
  const guard =
    (answer: (args: readonly unknown[]) => Promise<unknown>) =>
    (event: IpcMainInvokeEvent, ...args: unknown[]): Promise<unknown> => {
      const own = contents();
      if (own === undefined || !isOurPage(event, own)) {
        return Promise.resolve(fail({ code: 'bad-request', message: 'The call came from somewhere else' }));
      }
      return answer(args);
    };
  ipcMain.handle(
    CALL_CHANNEL,
    guard((args) => gate.call(args)),
  );
  ipcMain.handle(
    DROP_CHANNEL,
    guard((args) => gate.drop(args[0])),
  );
}

/** Tells the page something; a window that is closed misses it. */
export function sendToPage<N extends StreamName>(
  contents: WebContents | undefined,
  name: N,
  value: StreamValue<N>,
  checkOutput: boolean,
): void {
  if (contents === undefined || contents.isDestroyed()) return;
  if (checkOutput) streams[name].parse(value);
  contents.send(STREAM_CHANNEL, name, value);
}
