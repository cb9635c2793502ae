// Makes the specifier `electron` mean the stand-in, for require() and import alike. To be required first.
const Module = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const target = path.join(__dirname, '..', '..', 'dist', 'standin', 'electron.cjs');
const url = pathToFileURL(target).href;

const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  return request === 'electron' ? target : resolveFilename.call(this, request, ...rest);
};

if (typeof Module.registerHooks === 'function') {
  Module.registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'electron' ? { url, shortCircuit: true } : next(specifier, context),
  });
} else {
  // Node before 22.15: hooks live in a module of their own.
  const hook = `export const resolve = (specifier, context, next) =>
    specifier === 'electron' ? { url: ${JSON.stringify(url)}, shortCircuit: true } : next(specifier, context);`;
  Module.register(`data:text/javascript,${encodeURIComponent(hook)}`);
}

// Programs ask for it to tell Electron from Node; ours tells the stand-in by the ending.
const { version } = require('electron/package.json');
Object.defineProperty(process.versions, 'electron', { value: `${version}-stand-in`, enumerable: true });
