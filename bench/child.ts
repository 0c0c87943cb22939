import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { atExit } from './at-exit.js';
import type { Answer } from './parent.js';

/** How long a child may take to end by itself. */
const endLimitMs = 5000;

export interface ChildOptions {
  readonly args?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
  readonly nodeOptions?: readonly string[];
}

/** A Node.js process of the bench that answers questions over IPC and ends when the channel closes. */
export class Child<Command, Value> {
  private readonly waiting = new Map<number, (value: Value) => void>();
  private readonly ended: Promise<unknown>;
  private readonly forget: () => void;
  private lastId = 0;

  private constructor(
    private readonly name: string,
    private readonly child: ChildProcess,
  ) {
    this.ended = once(child, 'exit');
    this.forget = atExit(() => child.kill('SIGKILL'));
    child.on('message', ({ id, value }: Answer<Value>) => {
      this.waiting.get(id)?.(value);
      this.waiting.delete(id);
    });
  }

  /** Starts a program. @returns when it is ready */
  static async start<Command, Value>(
    program: URL,
    { args = [], environment = {}, nodeOptions = [] }: ChildOptions = {},
  ): Promise<Child<Command, Value>> {
    const process_ = fork(program, args, {
      env: { ...process.env, ...environment },
      execArgv: [...nodeOptions],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const child = new Child<Command, Value>(program.pathname, process_);
    await child.answer(0);
    return child;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  ask(command: Command): Promise<Value> {
    this.lastId += 1;
    const answer = this.answer(this.lastId);
    this.child.send({ id: this.lastId, command });
    return answer;
  }

  /** Ends the process and waits for it. */
  async close(): Promise<void> {
    if (this.child.connected) this.child.disconnect();
    const timer = setTimeout(() => this.child.kill('SIGKILL'), endLimitMs);
    await this.ended;
    clearTimeout(timer);
    this.forget();
  }

  /** @throws when the process ends first */
  private async answer(id: number): Promise<Value> {
    const value = new Promise<Value>((resolve) => this.waiting.set(id, resolve));
    const died = this.ended.then(() => {
      throw new Error(`${this.name} ended too early.`);
    });
    return Promise.race([value, died]);
  }
}
