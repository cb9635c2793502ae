import type { LucideIcon } from 'lucide-react';
import type { ButtonHTMLAttributes, JSX, ReactNode } from 'react';
import { Dialog, Modal, ModalOverlay } from 'react-aria-components';

/** A button that shows only a picture; its label is its name and its tooltip. */
export function IconButton({
  icon: Icon,
  label,
  keys,
  className = '',
  ...rest
}: {
  readonly icon: LucideIcon;
  readonly label: string;
  readonly keys?: string | undefined;
} & ButtonHTMLAttributes<HTMLButtonElement>): JSX.Element {
  return (
    <button
      type="button"
      className={`button quiet icon ${className}`}
      aria-label={label}
      title={keys ? `${label} (${keys})` : label}
      {...rest}
    >
      <Icon size={15} strokeWidth={1.75} aria-hidden />
    </button>
  );
}

/** One of a few choices, side by side. */
export function Segments<T extends string>({
  label,
  value,
  choices,
  onChange,
}: {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly {
    readonly id: T;
    readonly label: ReactNode;
    readonly disabled?: boolean;
    readonly title?: string;
  }[];
  readonly onChange: (id: T) => void;
}): JSX.Element {
  return (
    <div className="segments" role="group" aria-label={label}>
      {choices.map((choice) => (
        <button
          key={choice.id}
          type="button"
          aria-pressed={choice.id === value}
          disabled={choice.disabled ?? false}
          title={choice.title}
          onClick={() => {
            onChange(choice.id);
          }}
        >
          {choice.label}
        </button>
      ))}
    </div>
  );
}

/** A dialog over the window; Esc and a click outside close it. */
export function DialogBox({
  title,
  children,
  onClose,
  width,
  plain = false,
}: {
  readonly title: string;
  readonly children: ReactNode;
  readonly onClose: () => void;
  readonly width?: number;
  /** Without a heading of its own (the palette). */
  readonly plain?: boolean;
}): JSX.Element {
  return (
    <ModalOverlay
      className="veil"
      isOpen
      isDismissable
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Modal className="dialog popover" style={width ? { width: `min(${width}px, calc(100vw - 40px))` } : {}}>
        <Dialog aria-label={title}>
          {plain ? (
            children
          ) : (
            <div className="body">
              <h2>{title}</h2>
              {children}
            </div>
          )}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/** How far a job is, 0 to 1; undefined where that is not known. */
export function Progress({ done, label }: { readonly done: number | undefined; readonly label: string }): JSX.Element {
  const percent = done === undefined ? undefined : Math.round(Math.min(1, Math.max(0, done)) * 100);
  return (
    <div
      className="progress"
      role="progressbar"
      aria-label={label}
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <div style={{ width: `${percent ?? 0}%` }} />
    </div>
  );
}
