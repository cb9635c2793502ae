import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { CALL_CHANNEL, DROP_CHANNEL, STREAM_CHANNEL } from '../../shared/ipc/channels.ts';
import type { Grant, WorkbenchBridge } from '../../shared/ipc/contract.ts';
import type { Result } from '../../shared/model/fault.ts';

/** Listeners of the page by stream name. One Electron listener feeds them all. */
const listeners = new Map<string, Set<(value: never) => void>>();

ipcRenderer.on(STREAM_CHANNEL, (_event, name: string, value: unknown) => {
  for (const listener of listeners.get(name) ?? []) listener(value as never);
});

/**
 * All that the page gets of the main process. Paths of dropped files go from here straight to the main process; the
 * page receives handles.
 */
const bridge: WorkbenchBridge = {
  call: (name, input) => ipcRenderer.invoke(CALL_CHANNEL, name, input) as ReturnType<typeof bridge.call<typeof name>>,
  on: (name, listener) => {
    const own = (value: never): void => {
      listener(value);
    };
    let set = listeners.get(name);
    if (set === undefined) listeners.set(name, (set = new Set()));
    set.add(own);
    return () => {
      listeners.get(name)?.delete(own);
    };
  },
  grantDropped: async (files) => {
    const paths = (files as readonly File[]).map((file) => webUtils.getPathForFile(file)).filter((path) => path !== '');
    const result = (await ipcRenderer.invoke(DROP_CHANNEL, paths)) as Result<Grant[]>;
    return result.ok ? result.value : [];
  },
};

contextBridge.exposeInMainWorld('workbench', bridge);
