import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Every room under src/ and the rooms whose values it may import (docs/architecture.md, "Rooms"). */
const mayImport = {
  shared: [],
  config: ['shared'],
  video: ['shared'],
  camera: ['shared', 'config'],
  mp4: ['shared', 'video'],
  relay: ['shared', 'config', 'video', 'mp4'],
  snapshot: ['shared', 'video'],
  media: ['shared', 'config', 'video', 'camera', 'mp4', 'relay', 'snapshot'],
  homekit: ['shared', 'config', 'media'],
  cli: ['shared', 'config', 'camera'],
};

const rooms = Object.keys(mayImport);

const roomRules = rooms.map((room) => ({
  files: [`src/${room}/**/*.ts`],
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: rooms
              .filter((other) => other !== room && !mayImport[room].includes(other))
              .map((other) => `**/${other}/**`),
            message: `src/${room} must not know this room: see docs/architecture.md.`,
            allowTypeImports: room === 'homekit',
          },
          { group: ['homebridge'], message: 'Import types only.', allowTypeImports: true },
        ],
      },
    ],
  },
}));

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', '.cache/', 'test/fixtures/']),
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
  },
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  },
  {
    files: ['**/*.ts'],
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ['src/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: [{ group: ['homebridge'], message: 'Import types only.', allowTypeImports: true }] },
      ],
    },
  },
  ...roomRules,
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'process',
          'console',
          'URL',
          'Buffer',
          'setTimeout',
          'clearTimeout',
          'setInterval',
          'clearInterval',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
);
