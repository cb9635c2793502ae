import '@fontsource-variable/inter';
import '@fontsource/jetbrains-mono/400.css';
import '@fontsource/jetbrains-mono/500.css';
import '../ui/tokens.css';
import '../ui/base.css';
import '../ui/controls.css';
import { createRoot } from 'react-dom/client';
import { z } from 'zod';
import { connect } from '../api/workbench.ts';
import { WorkspaceContext } from '../state/context.ts';
import { Workspace } from '../state/workspace.ts';
import { App } from './App.tsx';

// The page's policy allows no code from text, which zod would otherwise make to go faster.
z.config({ jitless: true });

const root = document.getElementById('root');
const api = connect();
if (!root) throw new Error('The page has no root element');
if (api) {
  const workspace = new Workspace(api);
  createRoot(root).render(
    <WorkspaceContext value={workspace}>
      <App />
    </WorkspaceContext>,
  );
  void workspace.start();
} else {
  root.textContent = 'This page works only inside Rulewright: the connection to its main process is missing.';
}
