/**
 * Prints what CHANGELOG.md says about a version: `node .github/release-notes.mjs v1.2.3 [folder]`.
 * Fails when the version is not that of package.json, or when there is nothing about it.
 */
import { readFileSync } from 'node:fs';

const [, , tag = '', folder = '.'] = process.argv;
const version = tag.replace(/^v/, '');
const { version: packed } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
const lines = readFileSync(`${folder}/CHANGELOG.md`, 'utf8').split('\n');

const start = lines.findIndex((line) => line.startsWith(`## [${version}]`));
const after = lines.findIndex((line, i) => i > start && /^(?:## |\[[^\]]+\]: )/.test(line));
const notes = start < 0 ? '' : lines.slice(start + 1, after < 0 ? undefined : after).join('\n');

if (version !== packed) {
  console.error(`The tag ${tag} is not the version ${packed} of package.json.`);
  process.exitCode = 1;
} else if (notes.trim() === '') {
  console.error(`CHANGELOG.md says nothing about ${version}: add a section "## [${version}]".`);
  process.exitCode = 1;
} else {
  console.log(notes.trim());
}
