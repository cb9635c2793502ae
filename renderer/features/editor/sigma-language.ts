import { START, tokenizeLine, type LineState } from '../../../shared/language/text/tokens.ts';
import { monaco } from './monaco.ts';

export const LANGUAGE = 'sigma';

class State implements monaco.languages.IState {
  readonly line: LineState;

  constructor(line: LineState) {
    this.line = line;
  }

  clone(): this {
    return this;
  }

  equals(other: monaco.languages.IState): boolean {
    if (!(other instanceof State)) return false;
    const { line } = other;
    return (Object.keys(this.line) as (keyof LineState)[]).every((key) => this.line[key] === line[key]);
  }
}

/** Colours, brackets, comments and indentation of a rule. */
export function registerSigma(): monaco.IDisposable {
  monaco.languages.register({ id: LANGUAGE, aliases: ['Sigma'] });
  const tokens = monaco.languages.setTokensProvider(LANGUAGE, {
    getInitialState: () => new State(START),
    tokenize: (line, state) => {
      const read = tokenizeLine(line, state instanceof State ? state.line : START);
      const list = read.tokens.map(({ start, type }) => ({ startIndex: start, scopes: type }));
      return { tokens: list, endState: new State(read.state) };
    },
  });
  const quotes = [
    { open: "'", close: "'" },
    { open: '"', close: '"' },
    { open: '[', close: ']' },
    { open: '(', close: ')' },
    { open: '{', close: '}' },
  ];
  const configuration = monaco.languages.setLanguageConfiguration(LANGUAGE, {
    comments: { lineComment: '#' },
    brackets: [
      ['{', '}'],
      ['[', ']'],
      ['(', ')'],
    ],
    autoClosingPairs: quotes.map((pair) => ({ ...pair, notIn: ['string', 'comment'] })),
    surroundingPairs: quotes,
    onEnterRules: [
      // A key without a value holds what follows, and a list goes on.
      { beforeText: /^\s*(?:- +)?[^\s#'"][^#]*:\s*$/, action: { indentAction: monaco.languages.IndentAction.Indent } },
      {
        beforeText: /^\s*- +\S.*$/,
        action: { indentAction: monaco.languages.IndentAction.None, appendText: '- ' },
      },
      {
        beforeText: /^\s*- +$/,
        action: { indentAction: monaco.languages.IndentAction.None, removeText: 2 },
      },
    ],
  });
  return {
    dispose: () => {
      tokens.dispose();
      configuration.dispose();
    },
  };
}
