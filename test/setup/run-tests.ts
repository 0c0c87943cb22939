/**
 * `npm test`: looks for the programs the tests need, installs them if allowed, runs Jest, says what did not run.
 * `--long` runs the long tests only; every other argument goes to Jest.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNode24, node24Folder, node24Package } from './node-24.js';
import { projectRoot } from './paths.js';
import type { Machine } from './programs.js';
import { installAllowed, isOnPath, planInstallation, programs } from './programs.js';
import type { JestResult } from './summary.js';
import { notRunFile, summaryLine } from './summary.js';

function lookAround(): Machine {
  const path = process.env.PATH ?? '';
  return {
    missing: programs.filter((program) => !isOnPath(program.command, path)),
    node24: findNode24(),
    node24Package: node24Package(process.platform, process.arch),
    mayInstall: installAllowed(process.env),
    aptGet: isOnPath('apt-get', path),
    root: process.getuid?.() === 0,
    sudo: isOnPath('sudo', path),
  };
}

/** Installs what is missing; false, after saying why, when the tests cannot start. */
function prepare(): boolean {
  const plan = planInstallation(lookAround());
  if (!plan.can) {
    console.error(plan.lines.join('\n'));
    return false;
  }
  for (const [command = '', ...args] of plan.commands) {
    console.error(`> ${[command, ...args].join(' ')}`);
    // npm believes its own list of what is installed, also after an installation that was cut short.
    if (command === 'npm') rmSync(node24Folder, { recursive: true, force: true });
    const { status } = spawnSync(command, args, { cwd: projectRoot, stdio: ['inherit', 2, 2] });
    if (status !== 0) {
      console.error('That did not work; the tests were not started.');
      return false;
    }
  }
  if (plan.commands.length === 0) return true;
  const after = lookAround();
  if (after.missing.length === 0 && after.node24 !== 'missing') return true;
  console.error('Something is still missing after the installation:', after.missing, after.node24);
  return false;
}

/** Jest's arguments; a test may be named by its source file. */
function jestArguments(args: readonly string[], resultFile: string): readonly string[] {
  const given = args.filter((arg) => arg !== '--long').map((arg) => arg.replace(/\.test\.ts$/, '.test.js'));
  const files = args.includes('--long') ? ['dist/test/long/', '--testPathIgnorePatterns=/node_modules/'] : [];
  return [...given, ...files, '--json', `--outputFile=${resultFile}`];
}

async function runJest(args: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'homebridge-libcamera-jest-'));
  const resultFile = join(folder, 'result.json');
  const notRun = join(folder, 'not-run.txt');
  try {
    const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
    const child = spawn(
      process.execPath,
      [
        '--experimental-vm-modules',
        '--no-warnings=ExperimentalWarning',
        jest,
        ...jestArguments(args, resultFile),
      ],
      { cwd: projectRoot, stdio: 'inherit', env: { ...process.env, [notRunFile]: notRun } },
    );
    // A terminal sends Ctrl-C to Jest as well: wait for its end here, so that the folder is removed.
    process.on('SIGINT', () => undefined);
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    const code = await new Promise<number>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (exitCode) => resolve(exitCode ?? 1));
    });
    if (existsSync(notRun)) console.log(readFileSync(notRun, 'utf8').trimEnd());
    if (existsSync(resultFile))
      console.log(summaryLine(JSON.parse(readFileSync(resultFile, 'utf8')) as JestResult));
    return code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = prepare() ? await runJest(process.argv.slice(2)) : 1;
