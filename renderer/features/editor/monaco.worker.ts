/** Monaco's general worker, in a chunk of its own. */
import 'monaco-editor/editor/editor.worker';
