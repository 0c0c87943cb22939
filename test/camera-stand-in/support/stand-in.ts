import { spawn } from 'node:child_process';
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { PROJECT_ROOT } from '../project-root.js';

/** The program that tests give where rpicam-vid is expected. */
export const PROGRAM = join(PROJECT_ROOT, 'test', 'camera-stand-in', 'rpicam-vid');

/** How a process ended and what it said. */
export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** A stand-in that runs. */
export class StandIn {
  private readonly output: Buffer[] = [];
  private messages = '';
  private readonly ended: Promise<unknown>;

  public constructor(public readonly child: ChildProcess) {
    running.add(child);
    child.stdout?.on('data', (bytes: Buffer) => this.output.push(bytes));
    // Whoever closes stdout early is the test itself.
    child.stdout?.on('error', () => undefined);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.messages += text;
    });
    this.ended = once(child, 'close');
    child.once('exit', () => running.delete(child));
  }

  public get stdout(): Buffer {
    return Buffer.concat(this.output);
  }

  public get stderr(): string {
    return this.messages;
  }

  public get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Resolves when the condition holds. */
  public async until(condition: () => boolean, deadline = 10_000): Promise<void> {
    const end = Date.now() + deadline;
    while (!condition()) {
      if (Date.now() > end) {
        throw new Error(`Waited ${deadline} ms in vain. stderr:\n${this.messages}`);
      }
      await pause(20);
    }
  }

  /** Resolves when at least so many bytes of video have come. */
  public async streaming(bytes = 1): Promise<void> {
    await this.until(() => this.output.reduce((sum, { length }) => sum + length, 0) >= bytes);
  }

  public kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Resolves when it has ended and everything it wrote has been read. */
  public async end(deadline = 15_000): Promise<Outcome> {
    await this.until(() => this.hasEnded, deadline);
    await Promise.race([this.ended, pause(1000)]);
    const { exitCode, signalCode } = this.child;
    return { code: exitCode, signal: signalCode, stdout: this.stdout, stderr: this.stderr };
  }
}

const running = new Set<ChildProcess>();
const folders: string[] = [];

/** Starts the stand-in. Whatever the tests of a file start and forget is killed after them. */
export function start(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  stdio: StdioOptions = ['ignore', 'pipe', 'pipe'],
): StandIn {
  const variables = Object.fromEntries(
    Object.entries(env).map(([name, text]) => [`CAMERA_STAND_IN_${name}`, text]),
  );
  const full = { ...process.env, CAMERA_STAND_IN_NODE: process.execPath, ...variables };
  return new StandIn(spawn(PROGRAM, argv, { env: full, stdio }));
}

/** Starts the stand-in and waits for its end. */
export function run(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  return start(argv, env).end();
}

/** A folder that is gone after the tests. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'camera-stand-in-'));
  folders.push(folder);
  return folder;
}

/** @param duration in ms */
export function pause(duration: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, duration);
  });
}

// Not after each test: they may run at the same time.
afterAll(() => {
  for (const child of running) {
    child.kill('SIGKILL');
  }
  for (const folder of folders) {
    rmSync(folder, { recursive: true, force: true });
  }
});
