import { monaco } from './monaco.ts';

export const OTHER_LANGUAGE = 'vendor-rule';

/** Colours of a rule of another vendor: a file of keys and values with a query in it (EQL, ES|QL, SPL or KQL). */
export function registerOther(): monaco.IDisposable {
  monaco.languages.register({ id: OTHER_LANGUAGE, aliases: ['Vendor rule'] });
  const tokens = monaco.languages.setMonarchTokensProvider(OTHER_LANGUAGE, {
    ignoreCase: true,
    tokenizer: {
      root: [
        [/^\s*(?:\/\/|#).*$/, 'comment'],
        [/^\s*\[[^\]]*\]\s*$/, 'key'],
        [/^\s*(?:- +)?[\w.-]+(?=\s*(?::(?:\s|$)|=\s*(?:"|'|\[|true|false|\d)))/, 'key'],
        [/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/, 'string'],
        [/\|/, 'operator'],
        [/\b(?:and|or|not|in|where|by|with|sequence|of|like|has|contains|startswith|endswith|any|all)\b/, 'keyword'],
        [/\b\d+(?:\.\d+)?[smhdw]?\b/, 'number'],
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
