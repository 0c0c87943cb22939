/** The installed plugin on the versions of Node.js that the short tests leave out. */
import { type CitizenCase, testCitizens } from '../support/citizen-tests.js';
import { nodeOfMajor } from '../support/node-versions.js';
import { notRun } from '../support/not-run.js';

/** Homebridge 1 does not claim to run on Node 26. */
const pairs = [
  [1, 22],
  [1, 24],
  [2, 22],
  [2, 26],
] as const;

const cases: CitizenCase[] = [];
for (const [version, major] of pairs) {
  const found = await nodeOfMajor(major);
  for (const placement of ['main', 'child'] as const) {
    const title = `Homebridge ${version} on Node ${major}, ${placement} bridge`;
    if ('reason' in found) notRun(title, found.reason);
    else cases.push({ title, version, placement, node: found.node });
  }
}
testCitizens(cases);
