import { cdk8s, javascript, JsonPatch } from 'projen';

const project = new cdk8s.ConstructLibraryCdk8s({
  name: 'cdk8s-nodepool',
  description: 'cdk8s constructs that deploy Nodepool, the node provider of the Zuul CI system, as plain Kubernetes manifests',
  author: 'The cdk8s-nodepool authors',
  authorAddress: 'cdk8s-nodepool@example.com',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/cdk8s-nodepool/cdk8s-nodepool.git',
  license: 'Apache-2.0',
  copyrightOwner: 'The cdk8s-nodepool authors',
  keywords: ['cdk8s', 'nodepool', 'zuul', 'kubernetes', 'openshift', 'gitops', 'ci'],
  stability: 'experimental',
  defaultReleaseBranch: 'main',
  packageManager: javascript.NodePackageManager.NPM,
  minNodeVersion: '20.0.0',

  // What the library is tested against at the least; the ranges stay open upwards.
  cdk8sVersion: '2.70.0',
  constructsVersion: '10.3.0',
  jsiiVersion: '~6.0.0',
  typescriptVersion: '~6.0.0',
  peerDeps: ['cdk8s-plus-27@^2.9.0'],
  devDeps: [
    'ajv@^8',
    'esbuild@^0.28',
    'fast-check@^4',
    'js-yaml@^5.5.0',
    'tsx@^4',
  ],
  publishToPypi: { distName: 'cdk8s-nodepool', module: 'cdk8s_nodepool' },
  publishToMaven: { javaPackage: 'io.github.cdk8s_nodepool', mavenGroupId: 'io.github.cdk8s-nodepool', mavenArtifactId: 'cdk8s-nodepool' },
  publishToGo: { moduleName: 'github.com/cdk8s-nodepool/cdk8s-nodepool-go', packageName: 'cdk8snodepool' },

  // The checks run from .ci/run on any machine; nothing here depends on one forge.
  github: false,
  depsUpgrade: false,
  release: false,
  pullRequestTemplate: false,
  integrationTestAutoDiscover: false,
  disableTsconfig: false,
  sampleCode: false,

  jestOptions: {
    // A check that passes by itself is none: snapshots never update in `test`, and no tests is a failure.
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    passWithNoTests: false,
    extraCliOptions: ['--ci'],
    junitReporting: false,
    jestConfig: {
      roots: ['<rootDir>/test', '<rootDir>/examples'],
      moduleNameMapper: { '^cdk8s-nodepool$': '<rootDir>/src/index.ts' },
      collectCoverage: false,
      testMatch: ['<rootDir>/@(test|examples)/**/*.test.ts'],
      transform: { '^.+\\.ts$': new javascript.Transform('ts-jest', { tsconfig: 'tsconfig.dev.json' }) },
    },
  },
  projenrcTs: true,
  tsconfig: {
    // node would read them at every load: they are half of each file.
    compilerOptions: { inlineSourceMap: false, inlineSources: false },
  },
  tsconfigDevFile: 'tsconfig.dev.json',
  tsconfigDev: {
    compilerOptions: {
      isolatedModules: true,
      paths: { 'cdk8s-nodepool': ['./src/index.ts'] },
    },
    include: ['examples/**/*.ts', 'test/**/*.ts', 'scripts/**/*.ts', '.projenrc.ts'],
    exclude: ['node_modules', 'dist', 'lib'],
  },
  eslintOptions: {
    dirs: ['src'],
    devdirs: ['test', 'examples', 'scripts'],
    tsconfigPath: './tsconfig.dev.json',
    projectService: false,
    commandOptions: { fix: false },
  },
  gitignore: ['/node_modules', '/dist', '/examples/*/dist', '__pycache__/', '*.tgz', '/.cache'],
});

// Lint holds the one way of the imports: config, workload, credentials -> service -> parts -> stack.
const parts = ['./src/launcher.ts', './src/builder.ts', './src/openshift-pods.ts', './src/driver-access.ts', './src/zookeeper'];
const foundations = ['./src/config', './src/workload', './src/credentials', './src/service'];
project.eslint?.addRules({
  'import/no-cycle': ['error'],
  'import/no-restricted-paths': ['error', {
    zones: [
      {
        target: './src/config',
        from: './src',
        except: ['./config'],
        message: 'config/ knows nothing of Kubernetes and none of our other folders',
      },
      {
        target: foundations,
        from: [...parts, './src/nodepool-stack.ts'],
        message: 'imports run one way: config, workload, credentials -> service -> parts -> stack',
      },
      ...parts.map(part => ({
        target: part,
        from: [...parts.filter(other => other !== part), './src/nodepool-stack.ts'],
        message: 'a part knows config/, workload/ and credentials/; the stack hands the parts to each other',
      })),
    ],
  }],
  '@stylistic/max-len': ['error', { code: 150, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true }],
});

// 1.13.0 names packages for platforms that were never published, so that `npm ci` finds the lock file incomplete.
project.package.addPackageResolutions('unrs-resolver@1.12.2');

for (const path of ['/test', '/examples', '/scripts', '/.ci', '/docs', '/CONTRIBUTING.md', '__pycache__/']) {
  project.npmignore?.addPatterns(path);
}

project.addTask('demo', {
  description: 'Synthesize the production example and say what it wrote',
  exec: 'tsx --tsconfig tsconfig.dev.json scripts/demo.ts',
});
project.addTask('golden', {
  description: 'Write the goldens of the examples again; read their diff before you commit it',
  env: { WRITE_GOLDENS: 'yes' },
  exec: 'jest --ci examples',
});
project.addTask('bench', {
  description: 'Print how long loading the library and synthesizing the production example take, as ratios',
  steps: [{ spawn: 'compile' }, { exec: 'tsx --tsconfig tsconfig.dev.json scripts/bench.ts' }],
});
// jest only strips the types; that every prop has a test is a question of types.
project.testTask.exec('tsc --noEmit -p tsconfig.dev.json');
project.compileTask.exec('node scripts/bundle.mjs');
// By npm itself: projen's own banner has no place in what a newcomer sees first.
project.package.file.patch(JsonPatch.add('/scripts/demo', 'tsx --tsconfig tsconfig.dev.json scripts/demo.ts'));
// Ours alone are their signals, exit codes and arguments.
project.package.file.patch(JsonPatch.add('/scripts/conformance', 'tsx --tsconfig tsconfig.dev.json test/conformance/run.ts'));
project.package.file.patch(JsonPatch.add('/scripts/conformance:shell', 'tsx --tsconfig tsconfig.dev.json test/conformance/shell.ts'));

project.synth();
