/** Stands for a path that only the browser knows, until the stand-in asks it: the rest is an index in the page. */
export const FILE_TOKEN = 'standin-file:';

/**
 * What runs in the page before the page's own scripts: a small `electron` for the preload script. It has the
 * preload's text inside, since a sandboxed preload cannot be loaded any other way. Kept as text: it is sent to the
 * browser as it stands.
 *
 * `__standinInvoke(channel, args)` is a binding that the stand-in answers; `__standinEmit(channel, args)` is what it
 * calls to send a message; `__standinFiles` keeps dropped files, whose paths only the browser knows.
 */
export function pageScript(preload: string): string {
  return `(() => {
  if (window !== window.top) return;
  const invoke = globalThis.__standinInvoke;
  const listeners = new Map();
  const files = [];
  const ipcRenderer = {
    invoke: (channel, ...args) => invoke(channel, structuredClone(args)),
    on: (channel, listener) => {
      if (!listeners.has(channel)) listeners.set(channel, new Set());
      listeners.get(channel).add(listener);
      return ipcRenderer;
    },
    off: (channel, listener) => (listeners.get(channel)?.delete(listener), ipcRenderer),
  };
  Object.defineProperty(globalThis, '__standinEmit', {
    value: (channel, args) => listeners.get(channel)?.forEach((listener) => listener({}, ...args)),
  });
  Object.defineProperty(globalThis, '__standinFiles', { value: files });
  const freeze = (value) => {
    if (value !== null && typeof value === 'object') Object.values(Object.freeze(value)).forEach(freeze);
    return value;
  };
  const contextBridge = {
    exposeInMainWorld: (name, value) => Object.defineProperty(globalThis, name, { value: freeze(value) }),
  };
  const webUtils = {
    getPathForFile: (file) => {
      if (!(file instanceof File)) throw new TypeError('not a File');
      return ${JSON.stringify(FILE_TOKEN)} + (files.push(file) - 1);
    },
  };
  const loud = (name, object) => new Proxy(object, {
    get: (target, key) => {
      if (typeof key === 'symbol' || key in target) return target[key];
      throw new Error('not in the stand-in: ' + name + '.' + key);
    },
  });
  const electron = loud('electron', {
    ipcRenderer: loud('ipcRenderer', ipcRenderer),
    contextBridge: loud('contextBridge', contextBridge),
    webUtils: loud('webUtils', webUtils),
  });
  const require = (name) => {
    if (name !== 'electron') throw new Error('a sandboxed preload cannot require ' + name);
    return electron;
  };
  const module = { exports: {} };
  (function (require, module, exports) {
${preload}
  })(require, module, module.exports);
})();`;
}
