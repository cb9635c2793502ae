#!/usr/bin/env node
// Stands where Electron's binary stands: `launch.cjs [switches] <app folder> [arguments]`.
// Playwright's _electron.launch() passes --inspect=0 and --remote-debugging-port=0, and waits for the two lines
// "Debugger listening on ws://…" and "DevTools listening on ws://…" on stderr.
const inspector = require('node:inspector');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const given = process.argv.slice(2);
const place = given.findIndex((arg) => !arg.startsWith('-'));
if (place < 0) {
  console.error('usage: launch.cjs [switches] <app folder> [arguments]');
  process.exit(2);
}
const switches = given.slice(0, place);
const folder = path.resolve(given[place]);
const { main } = require(path.join(folder, 'package.json'));

process.env.RULEWRIGHT_STANDIN_APP = folder;
if (switches.includes('--remote-debugging-port=0')) process.env.RULEWRIGHT_STANDIN_DRIVEN = '1';
if (switches.includes('--no-sandbox')) process.env.RULEWRIGHT_NO_SANDBOX = '1';
// As Electron leaves it: the program, the app folder, the rest.
process.argv = [
  process.argv[0],
  folder,
  ...switches.filter((arg) => arg.startsWith('--user-data-dir=')),
  ...given.slice(place + 1),
];

async function start() {
  if (!process.env.CHROMIUM_PATH) {
    const { findInstalledBrowser } = await import('../../scripts/find-browser.mjs');
    const found = findInstalledBrowser();
    if (found === undefined) throw new Error('No Chromium found: set CHROMIUM_PATH');
    process.env.CHROMIUM_PATH = found.path;
  }
  require('./register.cjs');
  if (switches.includes('--inspect=0')) inspector.open(0);
  await import(pathToFileURL(path.join(folder, main)).href);
}

start().catch((error) => {
  console.error(error);
  process.exit(1);
});
