import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { projectRoot } from '../setup/paths.js';

const script = join(projectRoot, '.github/release-notes.mjs');

const changelog = `# Changelog

## [Unreleased]

- Later.

## [1.2.0] - 2026-11-22

### Added

- A [link](https://example.org).

## [1.2.0-beta.1] - 2026-11-01

- Older.

[1.2.0]: https://example.org/1.2.0
`;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'homebridge-libcamera-notes-'));
  writeFileSync(join(folder, 'CHANGELOG.md'), changelog);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const setVersion = (version: string): void =>
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ version }));

test.each([
  ['1.2.0', 'v1.2.0', '### Added\n\n- A [link](https://example.org).\n'],
  ['1.2.0', '1.2.0', '### Added\n\n- A [link](https://example.org).\n'],
  ['1.2.0-beta.1', 'v1.2.0-beta.1', '- Older.\n'],
])('the notes of version %s, tag %s, are its section of the change log', (version, tag, notes) => {
  setVersion(version);
  expect(execFileSync(process.execPath, [script, tag, folder], { encoding: 'utf8' })).toBe(notes);
});

test.each([
  ['1.2.0', 'v1.3.0', 'not the version 1.2.0 of package.json'],
  ['1.3.0', 'v1.3.0', 'says nothing about 1.3.0'],
  ['1.2', 'v1.2', 'says nothing about 1.2'],
])('a release of %s with the tag %s fails', (version, tag, reason) => {
  setVersion(version);
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, tag, folder], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain(reason);
});
