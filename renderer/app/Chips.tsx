import { Repeat2, X } from 'lucide-react';
import type { JSX, ReactNode } from 'react';
import type { FilterChip } from '../../shared/model/filter.ts';
import { useUi, useWorkspace } from '../state/context.ts';
import { chipOpWords, chipText, invertChip, removeChip, replaceChip, type TimeRange } from '../state/filters.ts';
import { useClock } from '../state/use-clock.ts';
import { focusPane } from '../ui/panes.ts';
import { useLive } from '../state/use-live.ts';
import type { ShownClock } from '../ui/text/clock.ts';
import { truncateMiddle } from '../ui/text/truncate.ts';
import { lineText } from '../ui/text/visible.ts';

/** Longest value that a chip shows whole. */
const CHIP_VALUE = 36;

/** Everything that narrows the view, each part to be switched off, turned around or removed. */
export function Chips(): JSX.Element {
  const workspace = useWorkspace();
  const filter = useUi((state) => state.filter);
  const clock = useClock();
  return (
    <ul className="chips" aria-label="Filters">
      <OfChip />
      {filter.range && (
        <PlainChip
          name="time range"
          onRemove={() => {
            workspace.setRange(null);
          }}
        >
          {rangeText(filter.range, clock)}
        </PlainChip>
      )}
      {filter.chips.map((chip, index) => (
        <ValueChip key={`${chip.field} ${chip.op} ${chip.value}`} chip={chip} index={index} />
      ))}
    </ul>
  );
}

function rangeText({ fromUs, toUs }: TimeRange, clock: ShownClock): string {
  const digits = toUs - fromUs < 10_000_000 ? 3 : 0;
  const [from, to] = [clock.time(fromUs, digits), clock.time(toUs, digits)];
  return from.slice(0, 10) === to.slice(0, 10) ? `${from} – ${to.slice(11)}` : `${from} – ${to}`;
}

/** Hits only, draft hits only, tagged events only, or the hits of one rule. */
function OfChip(): JSX.Element | null {
  const workspace = useWorkspace();
  const of = useUi((state) => state.filter.of);
  const { value: rules } = useLive('rules.list', of.kind === 'rule' ? {} : null);
  if (of.kind === 'all') return null;
  const title = of.kind === 'rule' ? rules?.find((rule) => rule.rule === of.rule)?.title : undefined;
  const words = {
    hits: 'Hits',
    draft: 'Draft hits',
    tagged: 'Tagged',
    rule: `Rule: ${truncateMiddle(title ?? '…', 44)}`,
  };
  return (
    <PlainChip
      name={words[of.kind]}
      onRemove={() => {
        workspace.setFilter((filter) => ({ ...filter, of: { kind: 'all' } }));
      }}
    >
      {words[of.kind]}
    </PlainChip>
  );
}

interface PlainProps {
  readonly name: string;
  readonly children: ReactNode;
  readonly onRemove: () => void;
}

function PlainChip({ name, children, onRemove }: PlainProps): JSX.Element {
  return (
    <li className="chip">
      <span className="chip-text">{children}</span>
      <ChipButton label={`Remove ${name}`} onClick={onRemove}>
        <X size={12} aria-hidden />
      </ChipButton>
    </li>
  );
}

function ValueChip({ chip, index }: { readonly chip: FilterChip; readonly index: number }): JSX.Element {
  const workspace = useWorkspace();
  const text = chipText(chip);
  const change = (next: FilterChip): void => {
    workspace.setFilter((filter) => replaceChip(filter, index, next));
  };
  const hasValue = chip.op !== 'is_null' && chip.op !== 'is_not_null';
  return (
    <li className={`chip${chip.enabled ? '' : ' is-off'}${chip.negated ? ' is-negated' : ''}`}>
      <button
        type="button"
        className="chip-text"
        aria-pressed={chip.enabled}
        aria-label={text}
        title={`${text}\nClick to switch ${chip.enabled ? 'off' : 'on'}`}
        onClick={() => {
          change({ ...chip, enabled: !chip.enabled });
        }}
      >
        {chip.field} <em>{chipOpWords(chip)}</em>
        {hasValue && <span className="mono"> {truncateMiddle(lineText(chip.value), CHIP_VALUE)}</span>}
      </button>
      <ChipButton
        label={`Turn around: ${text}`}
        onClick={() => {
          change(invertChip(chip));
        }}
      >
        <Repeat2 size={12} aria-hidden />
      </ChipButton>
      <ChipButton
        label={`Remove: ${text}`}
        onClick={() => {
          workspace.setFilter((filter) => removeChip(filter, index));
        }}
      >
        <X size={12} aria-hidden />
      </ChipButton>
    </li>
  );
}

function ChipButton(props: { readonly label: string; readonly children: ReactNode; readonly onClick: () => void }) {
  return (
    <button
      type="button"
      className="chip-button"
      aria-label={props.label}
      title={props.label}
      onClick={(event) => {
        // The button goes with its chip: the keyboard goes to the chip that is left, or to the events.
        const chips = event.currentTarget.closest('ul');
        props.onClick();
        requestAnimationFrame(() => {
          if (document.activeElement !== document.body) return;
          const left = chips?.querySelector<HTMLElement>('li:last-child button:last-child');
          if (left) left.focus();
          else focusPane('grid');
        });
      }}
    >
      {props.children}
    </button>
  );
}
