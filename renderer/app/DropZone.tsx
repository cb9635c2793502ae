import { useEffect, useState, type JSX } from 'react';
import { useWorkspace } from '../state/context.ts';

/** The whole window takes dropped files and folders. */
export function DropZone(): JSX.Element | null {
  const workspace = useWorkspace();
  const [over, setOver] = useState(false);
  useEffect(() => {
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
    const onOver = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const onLeave = (event: DragEvent): void => {
      // Only when the pointer leaves the window: between elements the event names the element entered.
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(false);
      void workspace.case.drop([...(event.dataTransfer?.files ?? [])], event.shiftKey);
    };
    window.addEventListener('dragover', onOver);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('drop', onDrop);
    };
  }, [workspace]);
  if (!over) return null;
  return (
    <div className="drop-zone" aria-hidden>
      <p>
        Drop files or folders to open them
        <small>Hold Shift to choose how they are read</small>
      </p>
    </div>
  );
}
