/** What a child process of the bench is asked. */
export interface Question<Command> {
  readonly id: number;
  readonly command: Command;
}

/** Answers to {@link Question}; a child that is ready says so with `id` 0. */
export interface Answer<Value> {
  readonly id: number;
  readonly value: Value;
}

/** Lets this process answer its parent over IPC. A question that fails ends it, and so do all that are open. */
export function answerParent(handle: (command: never) => Promise<unknown>): void {
  process.on('message', ({ id, command }: Question<never>) => {
    void handle(command).then((value) => process.send?.({ id, value } satisfies Answer<unknown>));
  });
}

/** Tells the parent that it may ask. */
export function tellReady(): void {
  process.send?.({ id: 0, value: undefined } satisfies Answer<undefined>);
}
