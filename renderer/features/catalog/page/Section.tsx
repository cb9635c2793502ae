import type { JSX, ReactNode } from 'react';

/** A section of a page: its heading, a line on what it says, and its table. */
export function Section(props: {
  readonly title: string;
  readonly count?: string;
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}): JSX.Element {
  const { title, count, note, actions, children } = props;
  return (
    <section className="cat-section" aria-label={title}>
      <div className="cat-section-head">
        <h3>
          {title} {count !== undefined && <span className="faint">{count}</span>}
        </h3>
        <span className="spacer" />
        {actions}
      </div>
      {note !== undefined && <p className="cat-note">{note}</p>}
      {children}
    </section>
  );
}
