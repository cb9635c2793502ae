import type { monaco } from './monaco.ts';

type ThemeData = monaco.editor.IStandaloneThemeData;

/** Colours of one theme; every text colour has at least 4.5:1 on `ground`. */
interface Palette {
  readonly base: ThemeData['base'];
  readonly ground: string;
  readonly raised: string;
  readonly line: string;
  readonly strongLine: string;
  readonly text: string;
  readonly soft: string;
  readonly faint: string;
  readonly accent: string;
  readonly accentGround: string;
  readonly accentSoft: string;
  readonly current: string;
  readonly mark: string;
  readonly onAccent: string;
  readonly section: string;
  readonly field: string;
  readonly modifier: string;
  readonly string: string;
  readonly number: string;
  readonly wildcard: string;
  readonly selection: string;
  readonly error: string;
  readonly warning: string;
}

const LIGHT: Palette = {
  base: 'vs',
  ground: '#ffffff',
  raised: '#ffffff',
  line: '#dde1e5',
  strongLine: '#c0c7ce',
  text: '#1a1e23',
  soft: '#4a535d',
  faint: '#67717c',
  accent: '#0a5aa8',
  accentGround: '#cfe2f5',
  accentSoft: '#ebf3fb',
  current: '#f5f7f9',
  mark: '#fbe39a',
  onAccent: '#ffffff',
  section: '#1a1e23',
  field: '#0a5aa8',
  modifier: '#8a4300',
  string: '#00684f',
  number: '#9a3c00',
  wildcard: '#a3135b',
  selection: '#6a3fb5',
  error: '#b3152b',
  warning: '#8a6a00',
};

const DARK: Palette = {
  base: 'vs-dark',
  ground: '#191b1e',
  raised: '#2a2e33',
  line: '#32363b',
  strongLine: '#4a5057',
  text: '#e2e5e8',
  soft: '#b0b7be',
  faint: '#8f98a1',
  accent: '#66aef5',
  accentGround: '#1d3f61',
  accentSoft: '#1e2b38',
  current: '#1f2225',
  mark: '#6b5410',
  onAccent: '#0d1116',
  section: '#e2e5e8',
  field: '#7dbbf7',
  modifier: '#e0b072',
  string: '#7fd0b3',
  number: '#f0a878',
  wildcard: '#ff8fb8',
  selection: '#c3a8f7',
  error: '#ff7f86',
  warning: '#e4c44a',
};

const bare = (colour: string): string => colour.slice(1);

function themeOf(p: Palette): ThemeData {
  const rule = (token: string, foreground: string, fontStyle = '') => ({
    token,
    foreground: bare(foreground),
    fontStyle,
  });
  return {
    base: p.base,
    inherit: true,
    rules: [
      { token: '', foreground: bare(p.text), background: bare(p.ground) },
      rule('comment', p.faint, 'italic'),
      rule('marker', p.faint),
      rule('section', p.section, 'bold'),
      rule('key', p.text),
      rule('selection', p.selection, 'bold'),
      rule('field', p.field),
      rule('modifier', p.modifier),
      rule('delimiter', p.faint),
      rule('string', p.string),
      rule('wildcard', p.wildcard, 'bold'),
      rule('number', p.number),
      rule('constant', p.number),
      rule('operator', p.modifier, 'bold'),
    ],
    colors: {
      'editor.background': p.ground,
      'editor.foreground': p.text,
      'editorGutter.background': p.ground,
      'editorLineNumber.foreground': p.faint,
      'editorLineNumber.activeForeground': p.text,
      'editorCursor.foreground': p.accent,
      'editor.selectionBackground': p.accentGround,
      'editor.inactiveSelectionBackground': p.accentSoft,
      'editor.selectionHighlightBackground': `${p.accent}22`,
      'editor.wordHighlightBackground': `${p.accent}22`,
      'editor.wordHighlightStrongBackground': `${p.accent}33`,
      'editor.wordHighlightTextBackground': `${p.accent}22`,
      'editor.lineHighlightBackground': p.current,
      'editor.lineHighlightBorder': '#00000000',
      'editor.findMatchBackground': p.mark,
      'editor.findMatchHighlightBackground': `${p.mark}88`,
      'editor.rangeHighlightBackground': p.accentSoft,
      'editorIndentGuide.background1': p.line,
      'editorIndentGuide.activeBackground1': p.strongLine,
      'editorBracketMatch.background': `${p.accent}22`,
      'editorBracketMatch.border': p.strongLine,
      'editorError.foreground': p.error,
      'editorWarning.foreground': p.warning,
      'editorInfo.foreground': p.accent,
      'editorHint.foreground': p.faint,
      'editorLightBulb.foreground': p.accent,
      'editorLightBulbAutoFix.foreground': p.accent,
      'editorOverviewRuler.border': '#00000000',
      'editorWidget.background': p.raised,
      'editorWidget.foreground': p.text,
      'editorWidget.border': p.strongLine,
      'editorHoverWidget.background': p.raised,
      'editorHoverWidget.foreground': p.text,
      'editorHoverWidget.border': p.strongLine,
      'editorHoverWidget.statusBarBackground': p.current,
      'editorSuggestWidget.background': p.raised,
      'editorSuggestWidget.border': p.strongLine,
      'editorSuggestWidget.foreground': p.text,
      'editorSuggestWidget.highlightForeground': p.accent,
      'editorSuggestWidget.focusHighlightForeground': p.accent,
      'editorSuggestWidget.selectedBackground': p.accentGround,
      'editorSuggestWidget.selectedForeground': p.text,
      'editorSuggestWidget.selectedIconForeground': p.text,
      'editorMarkerNavigation.background': p.ground,
      'editorMarkerNavigationError.background': p.error,
      'editorMarkerNavigationWarning.background': p.warning,
      'editorMarkerNavigationInfo.background': p.accent,
      'list.hoverBackground': p.current,
      'list.focusBackground': p.accentGround,
      'list.focusForeground': p.text,
      'list.activeSelectionBackground': p.accentGround,
      'list.activeSelectionForeground': p.text,
      'list.highlightForeground': p.accent,
      'quickInput.background': p.raised,
      'quickInput.foreground': p.text,
      'quickInputList.focusBackground': p.accentGround,
      'quickInputList.focusForeground': p.text,
      'input.background': p.ground,
      'input.foreground': p.text,
      'input.border': p.strongLine,
      'inputOption.activeBackground': p.accentGround,
      'inputOption.activeBorder': p.accent,
      'inputOption.activeForeground': p.text,
      'button.background': p.accent,
      'button.foreground': p.onAccent,
      'menu.background': p.raised,
      'menu.foreground': p.text,
      'menu.border': p.strongLine,
      'menu.selectionBackground': p.accentGround,
      'menu.selectionForeground': p.text,
      'menu.separatorBackground': p.line,
      'widget.shadow': p.base === 'vs' ? '#00000022' : '#00000066',
      'scrollbar.shadow': '#00000000',
      'scrollbarSlider.background': `${p.strongLine}88`,
      'scrollbarSlider.hoverBackground': `${p.faint}88`,
      'scrollbarSlider.activeBackground': `${p.faint}aa`,
      'textLink.foreground': p.accent,
      'textCodeBlock.background': p.current,
      focusBorder: p.accent,
      descriptionForeground: p.faint,
    },
  };
}

/** Names of the two themes, and what they are. */
export const THEMES = { 'rulewright-light': themeOf(LIGHT), 'rulewright-dark': themeOf(DARK) } as const;

export function themeName(dark: boolean): keyof typeof THEMES {
  return dark ? 'rulewright-dark' : 'rulewright-light';
}
