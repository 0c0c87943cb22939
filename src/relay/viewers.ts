import type { Cancel, Clock } from '../shared/clock.js';
import type { RelayCamera, Viewer } from './viewer.js';

const tickMs = 1000;

/** All viewers there are. Looks after each of them once a second, while there is one. */
export class Viewers {
  private readonly viewers = new Map<Viewer, RelayCamera>();
  private cancelTick: Cancel | undefined;

  constructor(private readonly clock: Clock) {}

  add(viewer: Viewer, camera: RelayCamera): void {
    this.viewers.set(viewer, camera);
    this.cancelTick ??= this.clock.after(tickMs, () => this.tick());
  }

  of(camera: RelayCamera): Viewer[] {
    return [...this.viewers].flatMap(([viewer, its]) => (its === camera && !viewer.hasEnded ? [viewer] : []));
  }

  /** Disconnects everybody; safe to call twice. */
  close(code: number, reason: string): void {
    this.cancelTick?.();
    for (const viewer of this.viewers.keys()) viewer.disconnect(code, reason);
    this.viewers.clear();
  }

  private tick(): void {
    this.cancelTick = undefined;
    const nowUs = this.clock.nowUs();
    for (const viewer of this.viewers.keys()) {
      if (viewer.hasEnded) this.viewers.delete(viewer);
      else viewer.tick(nowUs);
    }
    if (this.viewers.size > 0) this.cancelTick = this.clock.after(tickMs, () => this.tick());
  }
}
