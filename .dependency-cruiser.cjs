/**
 * The layer table of the house: the folder says the runtime. `npm run check` fails on an import it forbids.
 *
 * Debts (exceptions that wait to be paid; this list may only shrink): none.
 *
 * @type {import('dependency-cruiser').IConfiguration}
 */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'A circle of modules has no reading order.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(electron|re2)$|\\?(worker|url|raw)' },
    },
    {
      name: 'shared-is-pure',
      comment: 'shared/ runs in every runtime: zod, yaml, smol-toml and itself.',
      severity: 'error',
      from: { path: '^shared/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^shared/|^node_modules/(zod|yaml|smol-toml)/' },
    },
    {
      name: 'main-knows-no-page',
      severity: 'error',
      from: { path: '^main/' },
      to: { path: '^(renderer|e2e)/|^node_modules/(react|react-dom|monaco-editor|zustand)/' },
    },
    {
      name: 'electron-only-in-shell',
      comment: 'Everything works without Electron.',
      severity: 'error',
      from: { pathNot: '^(main/(shell|preload)|e2e/standin)/' },
      to: { path: '(^|/)electron(/|$)', pathNot: '^(main|e2e|scripts)/' },
    },
    {
      name: 'preload-stands-alone',
      comment: 'A sandboxed preload can require only electron; channel names and types are all it takes from us.',
      severity: 'error',
      from: { path: '^main/preload/' },
      to: { pathNot: '(^|/)electron(/|$)|^shared/ipc/channels\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'shell-is-thin',
      comment: 'The shell knows the program by its workbench, not by its parts.',
      severity: 'error',
      from: { path: '^main/shell/' },
      to: { path: '^main/(ingest|store|match|engine|columns|worker)/' },
    },
    {
      name: 'program-knows-no-shell',
      severity: 'error',
      from: { path: '^main/(app|engine|ingest|store|match|columns|worker|cli)' },
      to: { path: '^main/(shell|preload)/' },
    },
    {
      name: 'sqljs-only-in-store',
      severity: 'error',
      from: { pathNot: '^(main/store/|scripts/)' },
      to: { path: '^node_modules/(@types/)?sql\\.js/' },
    },
    {
      name: 're2-only-in-match',
      severity: 'error',
      from: { pathNot: '^(main/match/|scripts/)' },
      to: { path: '^node_modules/(re2|re2js)/' },
    },
    {
      name: 'page-knows-no-main',
      comment: 'The page is DOM: it reaches the main process by the contract only.',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^(main|e2e|scripts)/' },
    },
    {
      name: 'page-has-no-node',
      severity: 'error',
      from: { path: '^renderer/', pathNot: '\\.test\\.tsx?$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'feature-knows-no-feature',
      comment: 'Features meet in renderer/app and share renderer/state and renderer/ui.',
      severity: 'error',
      from: { path: '^renderer/features/([^/]+)/' },
      to: { path: '^renderer/features/', pathNot: '^renderer/features/$1/' },
    },
    {
      name: 'tests-only-in-tests',
      severity: 'error',
      from: { path: '^(shared|main|renderer)/', pathNot: '\\.test(-data)?\\.tsx?$|^main/testing/|/arbitrary-[^/]+$' },
      to: {
        path: '\\.test(-data)?\\.tsx?$|^main/testing/|/arbitrary-[^/]+$|^node_modules/(vitest|fast-check|@testing-library)/',
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|release|\\.cache|test-results)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.cjs', '.json', '.d.ts'],
    },
  },
};
