import { Component, type ReactNode } from 'react';

interface Props {
  /** What this is a part of, for the message. */
  readonly name: string;
  readonly children: ReactNode;
}

interface State {
  readonly error: Error | null;
}

/** Keeps a bug in one part of the window from taking the rest with it, and says so. */
export class Guard extends Component<Props, State> {
  override readonly state: State = { error: null };

  static getDerivedStateFromError(error: Error): { readonly error: Error } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <div className="empty" role="alert">
        <h3>{this.props.name} failed</h3>
        <p className="selectable">
          This is a fault of the program: {error.message}. The open events and the rule in the editor are kept.
        </p>
        <button
          type="button"
          className="button"
          onClick={() => {
            this.setState({ error: null });
          }}
        >
          Try again
        </button>
      </div>
    );
  }
}
