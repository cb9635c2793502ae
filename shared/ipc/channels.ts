/** The Electron channels between page and main process. Apart from the contract, so that the preload script, which
 * needs only these names, does not carry every schema. */
export const CALL_CHANNEL = 'workbench:call';
export const STREAM_CHANNEL = 'workbench:stream';
export const DROP_CHANNEL = 'workbench:drop';
