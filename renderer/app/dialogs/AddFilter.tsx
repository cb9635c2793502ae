import { useState, type JSX } from 'react';
import type { FilterChip } from '../../../shared/model/filter.ts';
import { useUi, useWorkspace } from '../../state/context.ts';
import { chipOpWords } from '../../state/filters.ts';
import { useLive } from '../../state/use-live.ts';

const OPS: readonly { readonly op: FilterChip['op']; readonly negated: boolean }[] = [
  { op: 'eq', negated: false },
  { op: 'eq', negated: true },
  { op: 'contains', negated: false },
  { op: 'contains', negated: true },
  { op: 'starts_with', negated: false },
  { op: 'starts_with', negated: true },
  { op: 'ends_with', negated: false },
  { op: 'ends_with', negated: true },
  { op: 'is_null', negated: false },
  { op: 'is_not_null', negated: false },
  { op: 'gt', negated: false },
  { op: 'gte', negated: false },
  { op: 'lt', negated: false },
  { op: 'lte', negated: false },
];

/** A filter written by hand: field, operator, value. */
export function AddFilter({ onDone }: { readonly onDone: () => void }): JSX.Element {
  const workspace = useWorkspace();
  const view = useUi((state) => state.view?.view ?? null);
  const { value: fields } = useLive('view.fields', view === null ? null : { view });
  const [field, setField] = useState('');
  const [choice, setChoice] = useState(2);
  const [value, setValue] = useState('');
  const { op, negated } = OPS[choice] ?? { op: 'contains', negated: false };
  const needsValue = op !== 'is_null' && op !== 'is_not_null';
  const { value: values } = useLive(
    'view.values',
    view === null || !fields?.some((f) => f.field === field) ? null : { view, field, limit: 50, rarestFirst: false },
  );
  return (
    <form
      className="stack-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (field.trim() === '') return;
        workspace.addChip({ field: field.trim(), op, value: needsValue ? value : '', negated, enabled: true });
        onDone();
      }}
    >
      <label className="field">
        <span>Field</span>
        <input
          className="input mono"
          list="filter-fields"
          autoFocus
          spellCheck={false}
          value={field}
          onChange={(event) => {
            setField(event.target.value);
          }}
        />
        <datalist id="filter-fields">
          {fields?.map((f) => (
            <option key={f.field} value={f.field} />
          ))}
        </datalist>
      </label>
      <label className="field">
        <span>Operator</span>
        <select
          className="input"
          value={choice}
          onChange={(event) => {
            setChoice(Number(event.target.value));
          }}
        >
          {OPS.map((entry, i) => (
            <option key={chipOpWords(entry)} value={i}>
              {chipOpWords(entry)}
            </option>
          ))}
        </select>
      </label>
      {needsValue && (
        <label className="field">
          <span>Value</span>
          <input
            className="input mono"
            list="filter-values"
            spellCheck={false}
            value={value}
            onChange={(event) => {
              setValue(event.target.value);
            }}
          />
          <datalist id="filter-values">
            {values?.values.map((v) => (
              <option key={v.value} value={v.value} />
            ))}
          </datalist>
        </label>
      )}
      <div className="buttons">
        <button type="submit" className="button primary" disabled={field.trim() === ''}>
          Add filter
        </button>
      </div>
    </form>
  );
}
