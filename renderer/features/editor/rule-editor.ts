import type { Diagnostic } from '../../../shared/model/rule.ts';
import type { Span } from '../../../shared/model/span.ts';
import { showCounts, type CountLine } from './counts.ts';
import { monaco } from './monaco.ts';
import { registerProviders, type EditorSources } from './providers.ts';
import { OTHER_LANGUAGE, registerOther } from './other-language.ts';
import { LANGUAGE, registerSigma } from './sigma-language.ts';
import { themeName, THEMES } from './theme.ts';

export interface RuleEditorOptions extends EditorSources {
  readonly text: string;
  readonly dark: boolean;
  readonly onChange: (text: string) => void;
  readonly onSave: () => void;
}

const SEVERITIES = {
  error: monaco.MarkerSeverity.Error,
  warning: monaco.MarkerSeverity.Warning,
  info: monaco.MarkerSeverity.Info,
} as const;

const MARKER_OWNER = 'rulewright';

/** Monaco on a rule text. Holds the text model, its undo history, markers and counts. */
export class RuleEditor {
  readonly #editor: monaco.editor.IStandaloneCodeEditor;
  readonly #registered: readonly monaco.IDisposable[];
  readonly #onChange: (text: string) => void;
  #counts: monaco.editor.IEditorDecorationsCollection;
  #model: monaco.editor.ITextModel;
  #shownCounts: { readonly lines: readonly CountLine[]; readonly isStale: boolean } = { lines: [], isStale: false };
  #isReplacing = false;
  #language = LANGUAGE;

  constructor(host: HTMLElement, options: RuleEditorOptions) {
    for (const [name, theme] of Object.entries(THEMES)) monaco.editor.defineTheme(name, theme);
    this.#registered = [registerSigma(), registerOther(), registerProviders(options)];
    this.#onChange = options.onChange;
    this.#model = monaco.editor.createModel(options.text, LANGUAGE);
    this.#editor = monaco.editor.create(host, {
      model: this.#model,
      theme: themeName(options.dark),
      ariaLabel: 'Rule text. Control+M switches whether Tab moves the focus.',
      automaticLayout: true,
      fontFamily: "'JetBrains Mono', ui-monospace, monospace",
      fontSize: 12.5,
      lineHeight: 20,
      fontLigatures: false,
      tabSize: 4,
      insertSpaces: true,
      padding: { top: 6, bottom: 6 },
      // A long value or condition stays in sight, with its count.
      wordWrap: 'on',
      wrappingIndent: 'indent',
      minimap: { enabled: false },
      scrollBeyondLastLine: false,
      lineNumbersMinChars: 3,
      lineDecorationsWidth: 14,
      renderLineHighlight: 'line',
      overviewRulerBorder: false,
      hideCursorInOverviewRuler: true,
      bracketPairColorization: { enabled: false },
      fixedOverflowWidgets: true,
      // In a shadow root the menu would not see the theme's colours.
      useShadowDOM: false,
      occurrencesHighlight: 'singleFile',
      wordBasedSuggestions: 'off',
      quickSuggestions: { other: true, comments: false, strings: true },
      quickSuggestionsDelay: 60,
      suggest: { showWords: false, showStatusBar: false, preview: false },
      tabCompletion: 'on',
      hover: { delay: 350 },
      lightbulb: { enabled: monaco.editor.ShowLightbulbIconMode.OnCode },
      scrollbar: { verticalScrollbarSize: 12, horizontalScrollbarSize: 12, useShadows: false },
      wordSeparators: '`~!@#$%^&*()=+[{]}\\|;:\'",<>/?',
    });
    this.#counts = this.#editor.createDecorationsCollection();
    this.#editor.onDidChangeModelContent(() => {
      if (!this.#isReplacing) this.#onChange(this.#model.getValue());
    });
    this.#editor.onDidLayoutChange(() => this.#drawCounts());
    this.#editor.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.KeyS, options.onSave);
    // Columns are measured before the bundled font is there; measure again when it is.
    void document.fonts.ready.then(() => monaco.editor.remeasureFonts());
  }

  #drawCounts(): void {
    const visible = this.#editor.getLayoutInfo().viewportColumn;
    showCounts(this.#model, this.#counts, this.#shownCounts.lines, this.#shownCounts.isStale, visible);
  }

  get text(): string {
    return this.#model.getValue();
  }

  /** Takes a text from outside. `isNewFile` starts a new undo history; else the change can be undone. */
  setText(text: string, isNewFile: boolean): void {
    if (isNewFile) {
      const old = this.#model;
      this.#model = monaco.editor.createModel(text, this.#language);
      this.#editor.setModel(this.#model);
      this.#counts = this.#editor.createDecorationsCollection();
      old.dispose();
    } else if (text !== this.text) {
      this.#isReplacing = true;
      this.#editor.pushUndoStop();
      this.#editor.executeEdits('outside', [{ range: this.#model.getFullModelRange(), text }]);
      this.#editor.pushUndoStop();
      this.#isReplacing = false;
    }
    // Monaco keeps one kind of line end and no byte order mark: tell where that changed the text.
    if (this.text !== text) this.#onChange(this.text);
  }

  /** What the text is written in: Sigma, with all that the editor knows of it, or a query of another vendor. */
  setLanguage(isSigma: boolean): void {
    this.#language = isSigma ? LANGUAGE : OTHER_LANGUAGE;
    monaco.editor.setModelLanguage(this.#model, this.#language);
  }

  setTheme(dark: boolean): void {
    monaco.editor.setTheme(themeName(dark));
  }

  /** Shows diagnostics of the current text. */
  setProblems(problems: readonly Diagnostic[]): void {
    const markers = problems.map((problem) => ({
      ...this.#rangeOf(visible(problem.span, this.#model.getValueLength())),
      severity: SEVERITIES[problem.severity],
      message: problem.message,
      code: problem.code,
    }));
    monaco.editor.setModelMarkers(this.#model, MARKER_OWNER, markers);
  }

  /** Shows counts at the ends of lines, greyed where they are of an older text. */
  setCounts(lines: readonly CountLine[], isStale: boolean): void {
    this.#shownCounts = { lines, isStale };
    this.#drawCounts();
  }

  /** Selects a span and scrolls to it. */
  reveal(span: Span, focus: boolean): void {
    const range = this.#rangeOf(span);
    this.#editor.setSelection(range);
    this.#editor.revealRangeInCenterIfOutsideViewport(range);
    if (focus) this.#editor.focus();
  }

  focus(): void {
    this.#editor.focus();
  }

  dispose(): void {
    this.#editor.dispose();
    this.#model.dispose();
    for (const each of this.#registered) each.dispose();
  }

  #rangeOf(span: Span): monaco.IRange {
    const start = this.#model.getPositionAt(span.start);
    const end = this.#model.getPositionAt(span.end);
    return monaco.Range.fromPositions(start, end);
  }
}

/** A marker needs at least one character to be seen. */
function visible(span: Span, length: number): Span {
  if (span.end > span.start) return span;
  return span.start > 0 ? { start: span.start - 1, end: span.start } : { start: 0, end: Math.min(1, length) };
}
