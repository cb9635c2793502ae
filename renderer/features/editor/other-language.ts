import { monaco } from './monaco.ts';

export const OTHER_LANGUAGE = 'vendor-rule';

/**
 * Colours of a rule of another vendor: a file of keys and values with a query in it (EQL, ES|QL, SPL or KQL). Words are
 * left alone: those of the query's language stand in descriptions, too.
 */
export function registerOther(): monaco.IDisposable {
  monaco.languages.register({ id: OTHER_LANGUAGE, aliases: ['Vendor rule'] });
  const tokens = monaco.languages.setMonarchTokensProvider(OTHER_LANGUAGE, {
    ignoreCase: true,
    tokenizer: {
      root: [
        [/^\s*(?:\/\/|#).*$/, 'comment'],
        [/^\s*\[+[^\]]*\]+\s*$/, 'section'],
        [/^\s*(?:- +)?[\w.-]+(?=\s*(?::(?:\s|$)|=\s*(?:"|'|\[|true|false|\d)))/, 'field'],
        [/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/, 'string'],
        [/[[\](){},]/, 'delimiter'],
        [/\|/, 'operator'],
        [/[\w.]+/, ''],
      ],
    },
  });
  const configuration = monaco.languages.setLanguageConfiguration(OTHER_LANGUAGE, {
    brackets: [
      ['{', '}'],
      ['[', ']'],
      ['(', ')'],
    ],
    // Pairs are marked at the cursor; colours are for what the words mean.
    colorizedBracketPairs: [],
    autoClosingPairs: [
      { open: '[', close: ']' },
      { open: '(', close: ')' },
      { open: '{', close: '}' },
    ],
  });
  return {
    dispose: () => {
      tokens.dispose();
      configuration.dispose();
    },
  };
}
