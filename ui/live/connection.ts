import { backoffMs } from './backoff.js';

/** A WebSocket, or what a test puts in its place. */
export interface Socket {
  send(text: string): void;
  close(): void;
}

export interface SocketEvents {
  opened(): void;
  text(message: string): void;
  binary(message: ArrayBuffer): void;
  /** Also when the socket could not be opened. Not called after {@link Socket.close}. */
  closed(): void;
}

/** The only way the connection reads time, waits, or meets the network. */
export interface Surroundings {
  /** Monotonic, ms. */
  nowMs(): number;
  /** Runs `task` once after `delayMs`, or never when what it returns is called before. */
  after(delayMs: number, task: () => void): () => void;
  /** 0 to 1. */
  random(): number;
  connect(events: SocketEvents): Socket;
}

export type Link =
  | { readonly is: 'connecting'; /** Whether a connection has ever been open. */ readonly again: boolean }
  | { readonly is: 'open' }
  /** `retryAtMs` on the clock of {@link Surroundings.nowMs}. */
  | { readonly is: 'waiting'; readonly again: boolean; readonly retryAtMs: number }
  | { readonly is: 'asleep' };

export interface ConnectionEvents {
  opened(): void;
  text(message: string): void;
  binary(message: ArrayBuffer): void;
  /** An attempt failed before the socket was open: the browser does not say why, perhaps access was refused. */
  refused(): void;
  /** Whether the relay must be sending now: silence then means that the connection is dead. */
  expectsMessages(): boolean;
}

/** A network that swallows packets leaves a socket connecting for minutes. */
const OPEN_WITHIN_MS = 5000;
const SILENCE_MS = 3000;
/** A connection that lasted this long starts the back-off from the beginning when it is lost. */
const PROVEN_AFTER_MS = 5000;

/** One WebSocket at a time, opened again whenever it is lost. */
export class Connection {
  readonly #surroundings: Surroundings;
  readonly #events: ConnectionEvents;
  #link: Link = { is: 'asleep' };
  #socket: Socket | undefined;
  #cancelTimer: () => void = () => undefined;
  #attempt = 0;
  #everOpen = false;
  #openedAtMs = 0;
  #heardAtMs = 0;

  constructor(surroundings: Surroundings, events: ConnectionEvents) {
    this.#surroundings = surroundings;
    this.#events = events;
  }

  get link(): Link {
    return this.#link;
  }

  send(text: string): void {
    if (this.#link.is === 'open') this.#socket?.send(text);
  }

  /** Connects now if there is no connection: the network is back, or somebody is looking again. */
  wake(): void {
    if (this.#link.is === 'connecting' || this.#link.is === 'open') return;
    this.#attempt = 0;
    this.#connect();
  }

  /** Lets the connection go until {@link wake}: nobody is looking. */
  sleep(): void {
    this.#drop();
    this.#link = { is: 'asleep' };
  }

  /** Another connection in place of this one, for what only a fresh one brings. At once, unless that was just tried. */
  renew(): void {
    if (this.#link.is !== 'open') return;
    const proven = this.#proven();
    this.#drop();
    if (proven) this.#connect();
    else this.#waitAndRetry();
  }

  #connect(): void {
    this.#drop();
    this.#link = { is: 'connecting', again: this.#everOpen };
    const socket = this.#surroundings.connect({
      opened: () => {
        if (socket === this.#socket) this.#opened();
      },
      text: (message) => {
        if (socket === this.#socket) this.#heard(() => this.#events.text(message));
      },
      binary: (message) => {
        if (socket === this.#socket) this.#heard(() => this.#events.binary(message));
      },
      closed: () => {
        if (socket === this.#socket) this.#lost();
      },
    });
    this.#socket = socket;
    this.#cancelTimer = this.#surroundings.after(OPEN_WITHIN_MS, () => this.#lost());
  }

  #opened(): void {
    this.#cancelTimer();
    this.#link = { is: 'open' };
    this.#everOpen = true;
    this.#openedAtMs = this.#surroundings.nowMs();
    this.#heardAtMs = this.#openedAtMs;
    this.#listenForSilence();
    this.#events.opened();
  }

  #heard(handle: () => void): void {
    this.#heardAtMs = this.#surroundings.nowMs();
    handle();
  }

  #listenForSilence(): void {
    this.#cancelTimer = this.#surroundings.after(SILENCE_MS / 6, () => {
      const silentMs = this.#surroundings.nowMs() - this.#heardAtMs;
      if (!this.#events.expectsMessages()) this.#heardAtMs = this.#surroundings.nowMs();
      else if (silentMs >= SILENCE_MS) {
        this.#lost();
        return;
      }
      this.#listenForSilence();
    });
  }

  #lost(): void {
    const wasOpen = this.#link.is === 'open';
    if (wasOpen) this.#proven();
    this.#drop();
    this.#waitAndRetry();
    if (!wasOpen) this.#events.refused();
  }

  /** Whether the open connection has lasted; if so, the next loss is a first one. */
  #proven(): boolean {
    const proven = this.#surroundings.nowMs() - this.#openedAtMs >= PROVEN_AFTER_MS;
    if (proven) this.#attempt = 0;
    return proven;
  }

  #waitAndRetry(): void {
    const delayMs = backoffMs(this.#attempt++, this.#surroundings.random());
    this.#link = {
      is: 'waiting',
      again: this.#everOpen,
      retryAtMs: this.#surroundings.nowMs() + delayMs,
    };
    this.#cancelTimer = this.#surroundings.after(delayMs, () => this.#connect());
  }

  #drop(): void {
    this.#cancelTimer();
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }
}
