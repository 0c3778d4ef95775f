/** Who may import whom: one named rule per sentence of docs/architecture.md. */
const PACKAGES = '^node_modules/';
const valueImport = { dependencyTypesNot: ['type-only'] };

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two modules that need each other are one module or three.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'domain-imports-nothing',
      comment: 'Rules are pure: they import other rules and nothing else, no package either.',
      severity: 'error',
      from: { path: '^domain/' },
      to: { pathNot: '^domain/' },
    },
    {
      name: 'workflows-import-domain-and-the-workflow-sdk',
      comment: 'Workflow code is bundled for a sandbox: rules, contracts and the workflow SDK are all it may run.',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { ...valueImport, pathNot: '^(domain|workflows)/|^node_modules/@temporalio/(workflow|common)/' },
    },
    {
      name: 'workflows-know-activities-as-types',
      comment: 'A workflow calls an activity by name through the server; importing its body would bundle I/O.',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { ...valueImport, path: '^(activities|src)/' },
    },
    {
      name: 'activities-reach-the-world-through-ports',
      comment: 'Activities import rules, contracts and the activity SDK; Postgres and HTTP come in through ports.',
      severity: 'error',
      from: { path: '^activities/' },
      to: {
        ...valueImport,
        pathNot: '^(domain|workflows|activities)/|^node_modules/@temporalio/(activity|common)/|^(node:)?[a-z_]+$',
      },
    },
    {
      name: 'nobody-imports-workflow-bodies',
      comment: 'Everyone else speaks to a workflow through its contract; only the bundle entry lists bodies.',
      severity: 'error',
      from: { path: '^(domain|activities|src|simulator)/' },
      to: { ...valueImport, path: '\\.workflow(\\.ts)?$' },
    },
    {
      name: 'simulator-stands-alone',
      comment: 'The simulator has its own types, so that client and simulator agreeing is tested, not assumed.',
      severity: 'error',
      from: { path: '^simulator/' },
      to: { path: '^(domain|workflows|activities|src|test|scripts)/' },
    },
    {
      name: 'nobody-imports-the-simulator',
      comment: 'Herald meets the simulator over HTTP only, as it meets Meta.',
      severity: 'error',
      from: { path: '^(domain|workflows|activities|src)/' },
      to: { path: '^simulator/' },
    },
    {
      name: 'checker-stands-alone',
      comment:
        'The checker judges Herald: it reads the database, the journal and the webhook log, and no code of ours.',
      severity: 'error',
      from: { path: '^checker/' },
      to: { path: '^(domain|workflows|activities|src|simulator|bench|test|scripts)/' },
    },
    {
      name: 'nobody-imports-checker-or-bench',
      comment: 'They look at Herald from outside; only tests and the bench may ask the checker.',
      severity: 'error',
      from: { path: '^(domain|workflows|activities|src|simulator)/' },
      to: { path: '^(checker|bench)/' },
    },
    {
      name: 'nobody-imports-tests',
      comment: 'Production code never depends on a test.',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },
    {
      name: 'production-needs-no-dev-dependency',
      comment: 'What runs in production is installed in production.',
      severity: 'error',
      from: { path: '^(domain|workflows|activities|src|simulator|checker)/' },
      to: { dependencyTypes: ['npm-dev'], path: PACKAGES },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node', 'default'] },
  },
};
