/** The plugin as a user installs it, in the Homebridges that people run: on the main bridge and on a child bridge. */
import { nodeForHomebridge } from '../setup/node-24.js';
import { type CitizenCase, testCitizens } from '../support/citizen-tests.js';
import { notRun } from '../support/not-run.js';

const cases = ([1, 2] as const).flatMap((version) =>
  (['main', 'child'] as const).map((placement): CitizenCase => ({
    title: `Homebridge ${version}, ${placement} bridge`,
    version,
    placement,
  })),
);

const reasons = new Map(
  cases.flatMap(({ title, version }) => {
    const found = nodeForHomebridge(version);
    return 'reason' in found ? [[title, found.reason] as const] : [];
  }),
);
for (const [title, reason] of reasons) notRun(title, reason);
testCitizens(cases.filter(({ title }) => !reasons.has(title)));
