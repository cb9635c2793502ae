import hooks from 'eslint-plugin-react-hooks';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Which folder may import what is checked as a whole by dependency-cruiser; here only what an editor should show. */
const noElectron = {
  'no-restricted-imports': [
    'error',
    { paths: [{ name: 'electron', message: 'Only main/shell and main/preload know Electron.' }] },
  ],
};

export default defineConfig(
  globalIgnores(['dist/', 'release/', 'test-results/', 'playwright-report/', '.cache/', 'rules/']),
  {
    files: ['**/*.{ts,tsx}'],
    ignores: ['*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Index signatures are read with brackets where the key is data, with dots where it is a name: both read well.
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      // The project has no enums.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      // Async methods that answer a port at once are ordinary here: the port says Promise.
      '@typescript-eslint/require-await': 'off',
      // Hot loops over typed arrays read an index that the loop has checked.
      '@typescript-eslint/prefer-for-of': 'off',
      // `a || b` on strings means "not empty" all over parsers.
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      // `return this.#refuse(…)` from a function without a value ends it in one line.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // The house writes `x as T` after a checked index, where the type is then said: `!` says nothing.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      'no-constant-condition': ['error', { checkLoops: false }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      'no-control-regex': 'error',
      'no-empty': 'error',
      'no-fallthrough': 'error',
      'no-misleading-character-class': 'error',
      'no-unused-labels': 'error',
      'no-useless-escape': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'max-lines': ['error', { max: 450, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // Tests of shared/ and renderer/ have node types, which the code beside them must not have.
    files: ['{shared,renderer}/**/*.test.{ts,tsx}'],
    languageOptions: { parserOptions: { projectService: false, project: './tsconfig.tests.json' } },
  },
  {
    // The two rules of hooks; the plugin's others speak for the React compiler, which is not used here.
    files: ['renderer/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': hooks },
    rules: { 'react-hooks/rules-of-hooks': 'error', 'react-hooks/exhaustive-deps': 'error' },
  },
  { files: ['main/**/*.ts', 'shared/**/*.ts'], ignores: ['main/shell/**', 'main/preload/**'], rules: noElectron },
  {
    files: ['main/cli.ts', 'main/cli/**', 'main/index.ts', 'main/testing/**', 'scripts/**', 'e2e/**', '**/*.test.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.test.{ts,tsx}', 'main/testing/**', 'e2e/**'],
    rules: {
      'max-lines': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-empty-function': 'off',
    },
  },
  {
    files: ['**/*.{mjs,cjs,js}'],
    extends: [tseslint.configs.recommended],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
);
