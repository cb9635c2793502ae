import type { DraftResult } from '../../../shared/ipc/contract.ts';
import { completeAt } from '../../../shared/language/complete/complete.ts';
import { eventCount, NO_HINTS, type CompletionItem, type RuleHints } from '../../../shared/language/complete/item.ts';
import { fieldWanted, isInFilter } from '../../../shared/language/complete/values.ts';
import { contextAt } from '../../../shared/language/text/context.ts';
import { fieldMarkdown, hoverAt } from '../../../shared/language/hover.ts';
import type { Knowledge } from '../../../shared/language/facts/knowledge.ts';
import { readOutline, type Outline } from '../../../shared/language/text/outline.ts';
import { quickFixes } from '../../../shared/language/quick-fix.ts';
import { placesOf, renameSelection, selectionNameAt } from '../../../shared/language/rename.ts';
import { foldsOf, symbolsOf, type DocumentSymbol } from '../../../shared/language/symbols.ts';
import type { Diagnostic } from '../../../shared/model/rule.ts';
import type { Span } from '../../../shared/model/span.ts';
import { monaco } from './monaco.ts';
import { LANGUAGE } from './sigma-language.ts';
import type { FieldValue } from './types.ts';

/** What the providers ask of the pane, always of the present moment. */
export interface EditorSources {
  readonly knowledge: Knowledge;
  readonly fields: () => readonly string[];
  readonly valuesOf: (field: string) => Promise<readonly FieldValue[]>;
  readonly hintsOf: (field: string | undefined, isExcluded: boolean) => Promise<RuleHints>;
  readonly result: () => DraftResult | null;
  /** Diagnostics and the text that they are of. */
  readonly problems: () => { readonly text: string; readonly list: readonly Diagnostic[] };
}

type Model = monaco.editor.ITextModel;

/** One outline a version of the text. */
class OutlineCache {
  #model: Model | undefined;
  #version = -1;
  #outline: Outline = readOutline('');

  of(model: Model): Outline {
    if (model !== this.#model || model.getVersionId() !== this.#version) {
      this.#model = model;
      this.#version = model.getVersionId();
      this.#outline = readOutline(model.getValue());
    }
    return this.#outline;
  }
}

/** Registers completion, hover, fixes, rename, symbols, folds and highlights. */
export function registerProviders(sources: EditorSources): monaco.IDisposable {
  const outlines = new OutlineCache();
  const { languages } = monaco;
  const registered = [
    languages.registerCompletionItemProvider(LANGUAGE, completionProvider(sources, outlines)),
    languages.registerHoverProvider(LANGUAGE, hoverProvider(sources, outlines)),
    languages.registerCodeActionProvider(LANGUAGE, codeActionProvider(sources)),
    languages.registerRenameProvider(LANGUAGE, renameProvider(outlines)),
    languages.registerDocumentSymbolProvider(LANGUAGE, {
      displayName: 'Rule',
      provideDocumentSymbols: (model) => symbolsOf(outlines.of(model)).map((symbol) => toSymbol(model, symbol)),
    }),
    languages.registerFoldingRangeProvider(LANGUAGE, {
      provideFoldingRanges: (model) => foldsOf(outlines.of(model)).map(({ from, to }) => ({ start: from, end: to })),
    }),
    languages.registerDocumentHighlightProvider(LANGUAGE, {
      provideDocumentHighlights: (model, position) => {
        const outline = outlines.of(model);
        const selection = selectionNameAt(outline, model.getOffsetAt(position));
        return selection ? placesOf(outline, selection).map((span) => ({ range: rangeOf(model, span) })) : null;
      },
    }),
  ];
  return { dispose: () => registered.forEach((each) => each.dispose()) };
}

function rangeOf(model: Model, span: Span): monaco.Range {
  return monaco.Range.fromPositions(model.getPositionAt(span.start), model.getPositionAt(span.end));
}

const KINDS: Readonly<Record<CompletionItem['kind'], monaco.languages.CompletionItemKind>> = {
  key: monaco.languages.CompletionItemKind.Property,
  field: monaco.languages.CompletionItemKind.Field,
  modifier: monaco.languages.CompletionItemKind.Function,
  value: monaco.languages.CompletionItemKind.Value,
  word: monaco.languages.CompletionItemKind.EnumMember,
  selection: monaco.languages.CompletionItemKind.Variable,
  operator: monaco.languages.CompletionItemKind.Keyword,
  tag: monaco.languages.CompletionItemKind.Reference,
  snippet: monaco.languages.CompletionItemKind.Snippet,
};

function completionProvider(sources: EditorSources, outlines: OutlineCache): monaco.languages.CompletionItemProvider {
  return {
    triggerCharacters: ['|', ':', ' ', '-', '.', "'", '"', '\\', '('],
    provideCompletionItems: async (model, position) => {
      const outline = outlines.of(model);
      const offset = model.getOffsetAt(position);
      const context = contextAt(outline, offset);
      const field = fieldWanted(context);
      const [values, hints] = await Promise.all([
        field === undefined ? [] : sources.valuesOf(field),
        sources.hintsOf(field, isInFilter(context)),
      ]);
      if (model.isDisposed()) return { suggestions: [] };
      const today = new Date().toISOString().slice(0, 10);
      const open = { fields: sources.fields(), values, hints, today, newId: () => crypto.randomUUID() };
      const items = completeAt(outline, offset, sources.knowledge, open);
      const suggestions = items.map((item, index) => toSuggestion(model, item, index));
      // What other rules have was not there in time: the next key asks again.
      return { suggestions, incomplete: hints === NO_HINTS };
    },
  };
}

function toSuggestion(model: Model, item: CompletionItem, index: number): monaco.languages.CompletionItem {
  return {
    label: { label: item.label, description: item.detail },
    kind: KINDS[item.kind],
    insertText: item.insert,
    range: rangeOf(model, item.replace),
    // The order is ours: most useful first, also among equally good fits.
    sortText: String(index).padStart(6, '0'),
    filterText: item.filter ?? item.label,
    ...(item.isSnippet && { insertTextRules: monaco.languages.CompletionItemInsertTextRule.InsertAsSnippet }),
    ...(item.doc !== undefined && { documentation: { value: item.doc } }),
    ...(item.commit && { commitCharacters: [...item.commit] }),
    ...(item.again === true && { command: { id: 'editor.action.triggerSuggest', title: 'Offer values' } }),
  };
}

function hoverProvider(sources: EditorSources, outlines: OutlineCache): monaco.languages.HoverProvider {
  return {
    provideHover: async (model, position) => {
      const target = hoverAt(outlines.of(model), model.getOffsetAt(position), sources.knowledge);
      if (!target) return null;
      const range = rangeOf(model, target.span);
      switch (target.kind) {
        case 'text':
          return { range, contents: [{ value: target.markdown }] };
        case 'field': {
          const [values, hints] = await Promise.all([
            sources.valuesOf(target.field),
            sources.hintsOf(target.field, target.isInFilter),
          ]);
          const isOpen = sources.fields().includes(target.field);
          return { range, contents: [{ value: fieldMarkdown(target, isOpen, values, hints) }] };
        }
        case 'selections': {
          const lines = target.names.map((name) => selectionLine(name, sources.result()));
          return { range, contents: [{ value: lines.join('\n') }] };
        }
      }
    },
  };
}

function selectionLine(name: string, result: DraftResult | null): string {
  const counts = (result?.selections ?? []).filter((selection) => selection.name === name);
  const candidates = result ? ` of ${eventCount(result.candidates)} in its log source` : '';
  const [first] = counts;
  // Several rules in one text may use the same name: no count can be told for one of them here.
  if (!first || counts.length > 1) return `- **${name}**`;
  return `- **${name}** holds for ${first.events.toLocaleString('en-US')}${candidates}`;
}

function codeActionProvider(sources: EditorSources): monaco.languages.CodeActionProvider {
  return {
    provideCodeActions: (model, range) => {
      const { text, list } = sources.problems();
      const actions: monaco.languages.CodeAction[] = [];
      if (text === model.getValue()) {
        for (const problem of list) {
          if (!monaco.Range.areIntersectingOrTouching(rangeOf(model, problem.span), range)) continue;
          for (const fix of quickFixes(text, problem, () => crypto.randomUUID())) {
            const edits = fix.edits.map(({ replace, text: inserted }) => toEdit(model, replace, inserted));
            if (actions.some((known) => known.title === fix.title)) continue;
            actions.push({ title: fix.title, kind: 'quickfix', isPreferred: fix.isPreferred, edit: { edits } });
          }
        }
      }
      return { actions, dispose: () => undefined };
    },
  };
}

function toEdit(model: Model, span: Span, text: string): monaco.languages.IWorkspaceTextEdit {
  return { resource: model.uri, versionId: model.getVersionId(), textEdit: { range: rangeOf(model, span), text } };
}

function renameProvider(outlines: OutlineCache): monaco.languages.RenameProvider {
  return {
    resolveRenameLocation: (model, position) => {
      const selection = selectionNameAt(outlines.of(model), model.getOffsetAt(position));
      if (selection) return { range: rangeOf(model, selection.span), text: selection.name };
      const range = monaco.Range.fromPositions(position);
      return { range, text: '', rejectReason: 'Only the name of a selection can be renamed' };
    },
    provideRenameEdits: (model, position, newName) => {
      const renamed = renameSelection(model.getValue(), model.getOffsetAt(position), newName);
      if (!renamed.ok) return { edits: [], rejectReason: renamed.reason };
      return { edits: renamed.edits.map(({ replace, text }) => toEdit(model, replace, text)) };
    },
  };
}

function toSymbol(model: Model, symbol: DocumentSymbol): monaco.languages.DocumentSymbol {
  const kinds = {
    rule: monaco.languages.SymbolKind.File,
    section: monaco.languages.SymbolKind.Property,
    selection: monaco.languages.SymbolKind.Variable,
  };
  return {
    name: symbol.name,
    detail: '',
    kind: kinds[symbol.kind],
    tags: [],
    range: rangeOf(model, symbol.span),
    selectionRange: rangeOf(model, symbol.nameSpan),
    children: symbol.children.map((child) => toSymbol(model, child)),
  };
}
